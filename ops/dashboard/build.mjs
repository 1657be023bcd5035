// Bundles src/ into dist/, or the folder that is given: index.html, app.js, app.css. Browsers of
// 2020 are the floor.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = process.argv[2] ?? here("dist");

mkdirSync(dist, { recursive: true });
await build({
  entryPoints: { app: here("src/main.tsx") },
  outdir: dist,
  bundle: true,
  minify: true,
  format: "iife",
  target: "chrome80",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
});
copyFileSync(here("src/index.html"), `${dist}/index.html`);
for (const name of ["index.html", "app.js", "app.css"])
  console.log(`${name}\t${statSync(`${dist}/${name}`).size} bytes`);
