// The compare page asks anew when another model or picture is chosen. Without this script its button does that.

const form = document.querySelector("[data-compare]");
const { kept, image } = form.elements;

form.addEventListener("change", () => {
  if (kept.value || image.files.length) form.requestSubmit();
});
