// Colours are told apart by lightness too, and none of them carries a meaning alone: shapes and words do.
const light =
  "--ground:#f4f6f8;--card:#fff;--ink:#1b2430;--soft:#596575;--line:#dde2e8;--live:#3b8fd0;--live-ink:#1c6aa8;--shade:#eef1f4;--drift:#a84b00;--bad:#b3261e;--good:#1a6b3c;--unsure:#48566b";
const dark =
  "--ground:#11161d;--card:#1a212b;--ink:#e7ecf2;--soft:#9fabba;--line:#303a47;--live:#4b9fe0;--live-ink:#7dbcf0;--shade:#232c37;--drift:#f2a54a;--bad:#ff8b80;--good:#6fce95;--unsure:#a9b7ca";

/** What all pages share. */
export const style = `
:root{color-scheme:light dark;${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Helvetica,Arial,sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1180px;margin:0 auto;padding:28px 20px 56px}
h1{font-size:25px;line-height:1.25;margin:6px 0 4px;font-weight:650;letter-spacing:-.01em;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:17px;line-height:1.3;margin:34px 0 12px;font-weight:650}
h3{font-size:15px;line-height:1.35;margin:0;font-weight:650;overflow-wrap:anywhere}
p{margin:0}
.soft{color:var(--soft)}
.small{font-size:13px}
.badge{display:inline-flex;gap:.4em;align-items:center;font-size:13px;font-weight:650;line-height:1;padding:6px 11px;border-radius:99px;border:1.5px solid currentColor}
.ok{color:var(--good)}.warning{color:var(--drift)}.critical{color:var(--bad)}.inconclusive{color:var(--unsure)}
.box{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px 18px}
.which{margin-top:20px;border-left:4px solid var(--live)}
.which strong{font-size:17px;font-weight:650;overflow-wrap:anywhere}
.label{font-size:12px;font-weight:600;letter-spacing:.04em;text-transform:uppercase;color:var(--soft)}
.notes{margin:0;list-style:none;display:grid;gap:6px}
.notes li{display:flex;gap:.6em;overflow-wrap:anywhere}
.key{display:flex;gap:18px;flex-wrap:wrap;align-items:center;margin:0 0 12px;font-size:13px;color:var(--soft)}
.key span{display:inline-flex;gap:7px;align-items:center}
.key svg{width:26px;height:14px;flex:none}
.grid{display:grid;gap:14px;grid-template-columns:repeat(auto-fill,minmax(min(100%,350px),1fr))}
.card{display:flex;flex-direction:column;gap:10px;min-width:0}
.head{display:flex;gap:10px;justify-content:space-between;align-items:baseline}
.head .mark{color:var(--drift);margin-right:.4em;font-size:.9em}
.moved{flex:none;font-size:13px;font-weight:650;color:var(--drift);font-variant-numeric:tabular-nums}
.steady .moved{color:var(--soft);font-weight:400}
.drawing{display:block;width:100%;height:104px;overflow:visible}
.fill{fill:var(--live);fill-opacity:.62}
.outline{fill:none;stroke:var(--ink);stroke-width:1.6px;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.floor{stroke:var(--line);stroke-width:1px;vector-effect:non-scaling-stroke}
.axis{display:flex;justify-content:space-between;font-size:12px;color:var(--soft);font-variant-numeric:tabular-nums;margin-top:3px}
.bars{display:grid;grid-template-columns:minmax(3.5em,max-content) minmax(40px,1fr) max-content;column-gap:10px;font-size:13px;line-height:22px}
.bars ol{margin:0;padding:0;list-style:none;min-width:0}
.bars li{height:22px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis;max-width:11em}
.bars ol:last-child{color:var(--soft);font-variant-numeric:tabular-nums;text-align:right}
.bars svg{display:block;width:100%;overflow:visible}
.what{font-size:14px;line-height:1.45;overflow-wrap:anywhere}
.tests{width:100%;border-collapse:collapse;font-size:12.5px;font-variant-numeric:tabular-nums;color:var(--soft);margin-top:auto}
.tests th{font-weight:400;text-align:left;padding:2px 8px 2px 0;white-space:nowrap}
.tests td{padding:2px 0 2px 8px;text-align:right;white-space:nowrap}
.tests td.meter{width:100%;padding-left:0}
.tests svg{display:block;width:100%;min-width:36px;max-width:120px;height:10px}
.tests .over{color:var(--ink)}
.track{fill:var(--shade)}.value{fill:var(--soft)}.over .value{fill:var(--drift)}
.limit{stroke:var(--ink);stroke-width:1.6px;vector-effect:non-scaling-stroke}
details{margin-top:30px}
summary{cursor:pointer;font-size:17px;font-weight:650;padding:6px 0}
summary:focus-visible{outline:2px solid var(--live-ink);outline-offset:3px;border-radius:4px}
details .grid{margin-top:12px}
.scroll{overflow-x:auto}
table.data{border-collapse:collapse;width:100%;font-size:14px;font-variant-numeric:tabular-nums}
table.data th{text-align:left;font-weight:600;font-size:12.5px;color:var(--soft);padding:6px 14px 6px 0;border-bottom:1px solid var(--line);white-space:nowrap}
table.data td{padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
table.data tr:last-child td{border-bottom:0}
table.data .n{text-align:right}
table.data td:first-child,table.data td:nth-child(3){white-space:nowrap}
.strip{display:grid;grid-template-columns:minmax(6em,15em) minmax(0,1fr) 5em;gap:14px;align-items:center;padding:5px 0}
.strip h3{font-size:14px;font-weight:500}
.strip .mark{color:var(--drift);font-size:.85em}
.strip>span:last-child{text-align:right}
svg.over{display:block;width:100%;height:40px}
.strip .axis{min-width:min(100%,12em);gap:12px;white-space:nowrap}
.steady-bar{fill:var(--live);fill-opacity:.5}.drift-bar{fill:var(--drift)}
.unsure{stroke:var(--soft);stroke-width:2px;stroke-dasharray:2 3;fill:none;vector-effect:non-scaling-stroke}
.strip .limit{stroke-width:1px;stroke-opacity:.45}
footer{margin-top:36px;font-size:13px;color:var(--soft);display:grid;gap:4px;max-width:80ch}
@media (max-width:560px){.strip{grid-template-columns:minmax(0,1fr) 5em;gap:2px 10px}.strip>:nth-child(2){grid-column:1/3;grid-row:2}}
@media (max-width:480px){main{padding:18px 14px 40px}h1{font-size:21px}.box{padding:14px}}
@media print{body{background:#fff}.box{break-inside:avoid}}
`;
