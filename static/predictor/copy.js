// Copy buttons, shown where the browser allows it: on HTTPS and on this computer. Their words are the server's.

const SHOWN_MS = 2000;

async function copy(button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  } catch {
    button.textContent = button.dataset.refused; // The person, or the browser for them, said no.
  }
  setTimeout(() => (button.textContent = label), SHOWN_MS);
}

function start() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.setAttribute("aria-live", "polite");
    button.addEventListener("click", () => copy(button));
  }
}

start();
