// Runs in the page: gives what is wrong with how it looks, in words.
(() => {
  const problems = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) problems.push(`it is ${scrollWidth} pixels wide in a window of ${clientWidth}`);
  for (const image of document.querySelectorAll("img"))
    if ((image.getAttribute("alt") ?? "").trim().length < 10 || image.naturalWidth === 0)
      problems.push(`a picture without words, or that is not shown: ${image.src.slice(0, 40)}`);
  for (const picture of document.querySelectorAll("svg"))
    if (picture.getAttribute("aria-hidden") !== "true" && picture.getAttribute("aria-label") === null)
      problems.push("a drawing without words");

  const read = (text) => {
    const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
    return [r, g, b, a];
  };
  const over = (top, under) => {
    const a = top[3];
    const mix = (i) => top[i] * a + under[i] * (1 - a);
    return [mix(0), mix(1), mix(2), 1];
  };
  const backgroundOf = (element) => {
    if (element === null) return [255, 255, 255, 1];
    const own = read(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, backgroundOf(element.parentElement));
  };
  const light = (colour) => {
    const [r = 0, g = 0, b = 0] = colour
      .slice(0, 3)
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = (node.textContent ?? "").trim();
    if (element === null || text === "" || element.closest("style, script, title") !== null) continue;
    if (element.getClientRects().length === 0) continue;
    const background = backgroundOf(element);
    const colour = over(read(getComputedStyle(element).color), background);
    const [dark = 0, bright = 0] = [light(background), light(colour)].sort((one, other) => one - other);
    const contrast = (bright + 0.05) / (dark + 0.05);
    const problem = `contrast ${contrast.toFixed(2)} of ${colour.slice(0, 3).join()} on ${background.slice(0, 3).join()}`;
    if (contrast < 4.5 && !seen.has(problem)) {
      seen.add(problem);
      problems.push(`${problem}: ${text.slice(0, 40)}`);
    }
  }
  return problems;
})();
