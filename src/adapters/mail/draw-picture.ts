/** Pixels of a picture for each of its CSS pixels: fine screens show as many. */
const density = 2;

/** A picture that is larger would not be sent: a mail is cut by programs from about 100 kB on. */
const mostBytes = 30_000;

/**
 * Draws an SVG without text as PNG, with a clear background.
 *
 * @returns undefined when it cannot be drawn on this machine, or would be too large
 */
export async function drawPicture(svg: string): Promise<Buffer | undefined> {
  try {
    const { renderAsync } = await import("@resvg/resvg-js");
    const picture = await renderAsync(svg, {
      fitTo: { mode: "zoom", value: density },
      font: { loadSystemFonts: false },
      logLevel: "off",
    });
    const png = picture.asPng();
    return png.length <= mostBytes ? png : undefined;
  } catch {
    return undefined;
  }
}
