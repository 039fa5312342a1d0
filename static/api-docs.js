// The documentation of the API (templates/api/docs.html), tried out as whoever is logged in.
const place = document.getElementById("swagger-ui");

// What Swagger UI leaves out for whoever hears the page or has no mouse.
function name() {
  // Its own layout has the page's h1 above, and leaves out a level.
  for (const heading of place.querySelectorAll("h3, h4, h5")) heading.setAttribute("aria-level", heading.tagName[1] - 1);
  for (const text of place.querySelectorAll("pre.microlight")) text.tabIndex = 0;
  for (const table of place.querySelectorAll("table[role=region]")) table.setAttribute("role", "table");
  for (const row of place.querySelectorAll("tr[data-param-name]")) {
    for (const field of row.querySelectorAll("select, input, textarea")) field.setAttribute("aria-label", row.dataset.paramName);
  }
}
new MutationObserver(name).observe(place, { childList: true, subtree: true });

// Its parts without its own <main>: the page has one.
const Parts = (system) => ({
  components: {
    Parts: ({ getComponent }) => {
      const part = (each) => system.React.createElement(getComponent(each, true), { key: each });
      return system.React.createElement("div", { className: "swagger-ui" }, ["InfoContainer", "FilterContainer", "operations", "Models"].map(part));
    },
  },
});

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  plugins: [Parts],
  layout: "Parts",
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRFToken"] = place.dataset.token;
    return request;
  },
});
