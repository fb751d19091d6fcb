// The little that pages need beside HTMX: the form token, sentences of refused requests, keys.
"use strict";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.csrf;
});

// A form that is on its way is not sent again by a second click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 10000);  // a download leaves the page where it is
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
  tell(english ? "The server does not answer. Try again." : "服务器没有应答，请重试。"));

// The drawer opens when its form has come, and keeps what was typed until that is thrown away on purpose.
const drawer = document.getElementById("drawer");
const place = document.getElementById("drawer-place");
const english = document.documentElement.lang === "en";
let typed = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  // a form that comes back with what is wrong takes the place of the one that was sent
  const refused = event.detail.xhr.status === 422 && event.detail.xhr.responseText.includes("<form");
  if (refused) Object.assign(event.detail, { shouldSwap: true, isError: false });
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== place) return;
  typed = event.detail.requestConfig.verb === "post";
  if (!drawer.open) drawer.showModal();
  place.querySelector("[role=alert], [autofocus]")?.scrollIntoView({ block: "nearest" });
  place.querySelector("[autofocus]")?.focus();
});
place.addEventListener("input", () => { typed = true; });
function leave() {
  if (typed && !confirm(english ? "Throw away what was typed?" : "已填的内容还没有保存，确定放弃？")) return;
  typed = false;
  drawer.close();
}
drawer.addEventListener("cancel", (event) => { event.preventDefault(); leave(); });
drawer.addEventListener("click", (event) => {
  if (event.target === drawer || event.target.closest("[data-close]")) leave();
});

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
