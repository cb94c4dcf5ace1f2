/** The bars as a picture: one line each, the ratio beside its bar. */

const LINE = 22;
const LABEL = 400;
const UNIT = 110;
const LONGEST = 4;

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** An SVG of every bar that compares throughput. */
export function picture(bars, title) {
  const shown = bars.filter(({ figure, least }) => least !== undefined && figure.startsWith('per'));
  const height = (shown.length + 2) * LINE;
  const width = LABEL + (LONGEST + 1) * UNIT;
  const lines = shown.map((bar, index) => drawBar(bar, (index + 1) * LINE));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(title)}, as ratios; the line is the bar to reach</title>`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...lines,
    '</svg>',
    '',
  ].join('\n');
}

function drawBar({ what, against, ratio, least, holds }, y) {
  const length = Math.min(ratio, LONGEST) * UNIT;
  const mark = LABEL + Math.min(least, LONGEST) * UNIT;
  return [
    `<text x="${LABEL - 8}" y="${y + 13}" text-anchor="end" fill="#222">${escaped(`${what} / ${against}`)}</text>`,
    `<rect x="${LABEL}" y="${y + 2}" width="${length.toFixed(1)}" height="${LINE - 6}" fill="${holds ? '#2f7d5b' : '#b3543c'}"/>`,
    `<line x1="${mark}" x2="${mark}" y1="${y}" y2="${y + LINE - 2}" stroke="#111" stroke-width="2"/>`,
    `<text x="${LABEL + length + 6}" y="${y + 13}" fill="#222">${ratio.toFixed(2)}</text>`,
  ].join('');
}
