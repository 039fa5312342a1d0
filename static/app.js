// Every page loads this; each module finds the elements that it serves by their data attributes.

import "./selects.js";
import "./forms.js";
import "./lists.js";
import "./search.js";
import "./fragments.js";
import "./session.js";
