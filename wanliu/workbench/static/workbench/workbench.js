// The little that pages need beside HTMX: the form token, sentences of refused requests, keys.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
});

function tell(sentence) {
  const line = document.createElement("div");
  line.className = "toast-line";
  line.textContent = sentence;
  document.getElementById("toasts").append(line);
  setTimeout(() => line.remove(), 8000);
}

// A part that cannot be shown says so in its own place; a refused action, in the corner.
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, target, requestConfig } = event.detail;
  if (requestConfig.verb !== "get") { tell(xhr.responseText); return; }
  const line = document.createElement("div");
  line.className = "alert alert-danger part-fault";
  line.setAttribute("role", "alert");
  line.textContent = xhr.responseText;
  target.replaceChildren(line);
});
document.addEventListener("htmx:sendError", () =>
  tell(document.documentElement.lang === "en" ? "The server does not answer. Try again." : "服务器没有应答，请重试。"));

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.target.closest("input, textarea, select")) return;
  const search = document.querySelector("[data-search]");
  if (search) { event.preventDefault(); search.focus(); }
});

for (const box of document.querySelectorAll("[data-tick-all]")) {
  box.addEventListener("change", () => {
    for (const one of document.getElementsByName(box.dataset.tickAll)) one.checked = box.checked;
  });
}
