// Photos of today's phones are larger than is taken, and than anybody needs to read a digit.

const LARGE_BYTES = 1.5 * 1024 * 1024;
const LONGEST_SIDE_PX = 2048;
const QUALITY = 0.9;

/** The size in which a picture is sent. */
export function smallerSize({ width, height }) {
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The file itself, or a smaller picture of a large one; what the browser cannot read goes as it is. */
export async function shrunk(file) {
  if (file.size <= LARGE_BYTES) return file;
  const bitmap = await createImageBitmap(file).catch(() => null); // Upright already.
  if (!bitmap) return file;
  const canvas = Object.assign(document.createElement("canvas"), smallerSize(bitmap));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const content = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return content && content.size < file.size ? new File([content], file.name, { type: "image/jpeg" }) : file;
}
