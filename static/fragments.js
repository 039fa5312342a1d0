// Parts of a page that htmx loads after it.
// When one fails, it says so in words (body[data-failed]) instead of staying "loading" for ever;
// when the session has ended, the whole page goes to the login.

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    detail.target.textContent = document.body.dataset.failed;
  });
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const asked = new URL(event.detail.pathInfo.requestPath, location.href);
  const answered = new URL(event.detail.xhr.responseURL, location.href);
  if (answered.pathname === asked.pathname) return;
  // The answer came from another page than the one asked: the request was sent on to the login.
  event.preventDefault();
  location.reload();
});
