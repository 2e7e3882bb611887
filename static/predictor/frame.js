// The frame of every page: the switch between light and dark works at once, and the server remembers it. Without this
// script the form is sent as any other, and the page comes back in the other colours.

/** Whether a picture of this colour scheme is wanted; null leaves it to the system. */
export function mediaFor(theme, scheme) {
  if (!theme) return `(prefers-color-scheme: ${scheme})`;
  return theme === scheme ? "all" : "not all";
}

function show(theme) {
  const root = document.documentElement;
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  for (const source of document.querySelectorAll("source[data-scheme]")) source.media = mediaFor(theme, source.dataset.scheme);
  for (const meta of document.querySelectorAll("meta[data-scheme]")) meta.media = mediaFor(theme, meta.dataset.scheme);
}

function start() {
  const form = document.querySelector("[data-theme-form]");
  form?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new FormData(form, event.submitter);
    show(body.get("theme"));
    for (const button of form.querySelectorAll("[name=theme]")) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    }
    await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => null); // It holds for this page at least.
  });
}

if (typeof document !== "undefined") start();
