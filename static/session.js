// Says before a session ends, so that a half-filled form is not lost: a click goes on, and after a login in another
// tab the forms of this one can still be sent, unless it was another account's. A form is not sent while that is so.
// Times in milliseconds; the server decides (inventory/accounts/signing_in/sessions.py).

const SEEN = "seen";
// The session that was last used in this browser, by its end and its account: a login anywhere changes it.
const LOGIN = "login";
const note = document.getElementById("session-note");

if (note) {
  const idleTime = Number(note.dataset.idle) * 1000;
  const warned = Math.min(180_000, idleTime / 2);
  const left = () => Math.min(idleTime - (Date.now() - Number(localStorage.getItem(SEEN))), Number(note.dataset.ends) - Date.now());
  // Every tab of the browser shares it, as they share the session.
  const seen = () => localStorage.setItem(SEEN, Date.now());

  // Once over, or another's, the forms of this page have an old token, whatever other tabs have seen since: only `ask`
  // ends it.
  let over = false;
  const show = (state) => {
    over = state === "over" || state === "other";
    note.hidden = !state;
    for (const part of note.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  };
  const look = () => {
    if (over) return left() > 0 && ask();
    show(left() <= 0 ? "over" : left() < warned ? "soon" : "");
  };

  // A redirect leads to the login: the session is over, whatever the clock here says.
  const ask = async () => {
    const answer = await fetch(note.dataset.alive, { redirect: "manual" }).catch(() => null);
    if (!answer) return; // no network; asked again at the next look
    if (!answer.ok) return show("over");
    const { token, ends, account, name } = await answer.json();
    if (String(account) !== note.dataset.account) {
      note.querySelector("[data-name]").textContent = name;
      return show("other");
    }
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": token }));
    note.dataset.ends = ends;
    seen();
    show("");
  };

  seen();
  localStorage.setItem(LOGIN, `${note.dataset.account} ${note.dataset.ends}`);
  window.addEventListener("storage", ({ key }) => {
    if (key === LOGIN) ask();
  });
  // What was typed stays on the page; sent now, it would be lost at the login page.
  document.addEventListener(
    "submit",
    (event) => {
      if (!over || event.target.method !== "post") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      note.scrollIntoView({ block: "center" });
      ask();
    },
    true,
  );
  setInterval(look, Math.min(10_000, idleTime / 20));
  note.querySelector("button").addEventListener("click", ask);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask();
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.requestConfig.headers["X-Poll"]) seen();
  });
}

// A progress that asks by itself is nobody at work: it does not keep a session alive.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (/\bevery\b/.test(detail.elt.getAttribute("hx-trigger"))) detail.headers["X-Poll"] = "1";
});
