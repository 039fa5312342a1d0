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
  return {
    preload: "focus",
    loadThrottle: 200,
    shouldLoad: () => true,
    // The server has searched and sorted already; what is chosen stays an option without having been found.
    score: () => (option) => Number(found.has(option.value)),
    sortField: [{ field: "$order" }],
    load(query, done) {
      running.abort();
      running = new AbortController();
      const address = new URL(url, location.href);
      address.searchParams.set("q", query);
      fetch(address, { signal: running.signal, headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
        .then(({ options }) => {
          found = new Set(options.map((option) => option.value));
          this.clearOptions();
          done(options);
        })
        .catch(() => done());
    },
  };
}

function enhance(select) {
  if (select.tomselect) return;
  const url = select.dataset.optionsUrl;
  const plugins = select.multiple ? { remove_button: { title: texts.remove } } : {};
  if (!select.multiple && !select.required) plugins.clear_button = { title: texts.remove };
  const made = new window.TomSelect(select, {
    plugins,
    maxOptions: 500,
    selectOnTab: true,
    hidePlaceholder: true,
    // Left open, the list would say "not found" about the words just chosen by, over the field below.
    closeAfterSelect: true,
    placeholder: select.dataset.placeholder ?? "",
    render: { no_results: () => line(texts.noResults), loading: () => line(texts.loading) },
    ...(url ? remote(url) : {}),
  });
  // The control made beside it takes its place, its label too.
  select.setAttribute("aria-hidden", "true");
  const label = select.getAttribute("aria-label");
  if (label) made.control_input.setAttribute("aria-label", label);
  if (select.multiple) made.on("item_add", () => made.setTextboxValue(""));
  // Opened again with nothing typed, it offers all, not what was found last.
  if (url) made.on("dropdown_open", () => made.loading || made.control_input.value || made.load(""));
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
