// Searchable selects (Tom Select), keyboard friendly, also in fragments that htmx brings.
// select[data-options-url]: options come from that URL with ?q=, as {"options": [{value, text}]}; what is chosen stays.
// select[data-searchable] and select[multiple]: searches the options in the page. Texts: body[data-no-results|loading|remove].

const texts = document.body.dataset;

function line(text) {
  const element = document.createElement("div");
  element.className = "no-results";
  element.textContent = text;
  return element;
}

function remote(url) {
  let running = new AbortController();
  let found = new Set();
  // The words that `found` answers, and those whose first answer is chosen as soon as it comes.
  let answered = null;
  let awaited = null;
  // A form that is sent while a choice is awaited goes with it, not without.
  let sent = null;
  let patience;
  const wait = (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    sent = event;
  };
  const settle = (form) => {
    clearTimeout(patience);
    awaited = null;
    form?.removeEventListener("submit", wait, true);
    const { submitter } = sent ?? {};
    if (sent) form.requestSubmit(submitter);
    sent = null;
  };
  return {
    // Enter or Tab pressed before the answer is there would choose from the list of what was typed before.
    isEarly() {
      const words = this.inputValue();
      if (!words || words === answered) return false;
      awaited = words;
      const { form } = this.input;
      form?.addEventListener("submit", wait, true);
      clearTimeout(patience);
      // Whoever typed on is asked about other words by then.
      patience = setTimeout(() => settle(form), 5000);
      // At once: asked after its pause, the list would open over the field to which Tab has led.
      clearTimeout(this.refreshTimeout);
      this.load(words);
      return true;
    },
    preload: "focus",
    loadThrottle: 200,
    shouldLoad: () => true,
    // The server has searched and sorted already; what is chosen stays an option without having been found.
    score: () => (option) => Number(found.has(option.value)),
    sortField: [{ field: "$order" }],
    load(query, done) {
      // The list of all, asked for when the field is left, would take the place of what is awaited.
      if (awaited && !query) return done();
      running.abort();
      running = new AbortController();
      const address = new URL(url, location.href);
      address.searchParams.set("q", query);
      fetch(address, { signal: running.signal, headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then(({ options }) => {
          found = new Set(options.map((option) => option.value));
          answered = query;
          this.clearOptions();
          done(options);
          if (awaited !== query) return;
          if (options.length) this.addItem(options[0].value);
          settle(this.input.form);
        })
        .catch((error) => {
          done();
          // Of an aborted question a later one is on its way.
          if (error.name !== "AbortError") settle(this.input.form);
        });
    },
  };
}

function enhance(select) {
  if (select.tomselect) return;
  const url = select.dataset.optionsUrl;
  const plugins = select.multiple ? { remove_button: { title: texts.remove } } : {};
  // Backspace does it on the keyboard; a stop of Tab beside each control would be in the way.
  if (!select.multiple && !select.required) plugins.clear_button = { title: texts.remove, tabindex: -1 };
  const { isEarly = () => false, ...source } = url ? remote(url) : {};
  const made = new window.TomSelect(select, {
    plugins,
    maxOptions: 500,
    selectOnTab: true,
    hidePlaceholder: true,
    // Left open, the list would say "not found" about the words just chosen by, over the field below.
    closeAfterSelect: true,
    placeholder: select.dataset.placeholder ?? "",
    render: { no_results: () => line(texts.noResults), loading: () => line(texts.loading) },
    // A table that scrolls would cut the list off.
    dropdownParent: select.closest(".table-responsive") ? "body" : null,
    ...source,
  });
  // The control made beside it takes its place, its label too.
  select.setAttribute("aria-hidden", "true");
  const label = select.getAttribute("aria-label");
  if (label) made.control_input.setAttribute("aria-label", label);
  if (made.settings.dropdownParent === "body") {
    // Outside the page's own parts, it is one of its own.
    made.dropdown.setAttribute("role", "region");
    made.dropdown.setAttribute("aria-label", label ?? select.name);
  }
  chooseByKeys(made, isEarly);
  for (const event of ["dropdown_open", "load"]) {
    made.on(event, () => made.isOpen && made.dropdown.scrollIntoView({ block: "nearest" }));
  }
  // Words still waiting for their pause would open the list again and take the focus back: what is typed next would
  // stand in the wrong field.
  for (const event of ["blur", "item_add"]) made.on(event, () => clearTimeout(made.refreshTimeout));
  if (select.multiple) made.on("item_add", () => made.setTextboxValue(""));
  // Opened again with nothing typed, it offers all, not what was found last.
  if (url) made.on("dropdown_open", () => made.loading || made.control_input.value || made.load(""));
}

// Tab chooses what somebody searched for or went to with the arrows; who only passes by chooses nothing.
function chooseByKeys(made, isEarly) {
  let hasMoved = false;
  made.on("dropdown_open", () => (hasMoved = false));
  made.control_input.addEventListener(
    "keydown",
    (event) => {
      if (event.key.startsWith("Arrow")) hasMoved = true;
      const isEnter = event.key === "Enter";
      if (!isEnter && event.key !== "Tab") return;
      const passes = !isEnter && !made.inputValue() && !hasMoved;
      if (!passes && !isEarly.call(made)) return;
      event.stopImmediatePropagation();
      if (isEnter) event.preventDefault();
    },
    { capture: true },
  );
}

export function enhanceAll(root) {
  const wanted = "select[data-options-url], select[data-searchable], select[multiple]";
  if (root.matches?.(wanted)) enhance(root);
  for (const select of root.querySelectorAll(wanted)) enhance(select);
}

enhanceAll(document);
document.addEventListener("htmx:load", (event) => enhanceAll(event.detail.elt));

// button[data-chooses=ID][data-value][data-text]: a suggestion beside a select, taken with one click.
document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-chooses]");
  const select = button && document.getElementById(button.dataset.chooses);
  if (!select) return;
  const { value, text } = button.dataset;
  if (select.tomselect) {
    select.tomselect.addOption({ value, text });
    select.tomselect.setValue(value);
  } else {
    select.value = value;
  }
});
