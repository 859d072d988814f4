// A page that asks the server for news says so when the server does not answer, and stops saying it when it does.
export function watchConnection() {
  const notice = document.getElementById("connection");
  if (!notice) return;
  const lost = () => (notice.hidden = false);
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:responseError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:beforeSwap", (event) => (notice.hidden = event.detail.xhr.status < 400));
}
