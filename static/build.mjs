// Builds static/dist: every file directly under static/src gives one file of the same name, and icons.json gives icons.svg.
// Nothing is fetched and no source map is written: ManifestStaticFilesStorage refuses a page whose map it cannot find.
import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const target = join(here, "dist");
// The browsers of county offices: Chromium 80 is what domestic desktops of 2020 ship.
const browsers = ["chrome80", "edge80", "firefox78", "safari14.1"];

async function bundle() {
  const files = (await readdir(source)).filter((name) => /\.(css|js|svg)$/.test(name));
  await build({
    entryPoints: files.map((name) => join(source, name)),
    outdir: target,
    bundle: true,
    minify: true,
    format: "iife",
    target: browsers,
    charset: "utf8",
    legalComments: "none",
    plugins: [pictures],
    logLevel: "warning",
  });
}

// A picture named by a style sheet travels inside it; a picture that is a page's own file is copied as it is.
const pictures = {
  name: "pictures",
  setup(chain) {
    chain.onLoad({ filter: /\.svg$/ }, async ({ path }) => ({
      contents: await readFile(path),
      loader: path.startsWith(join(source, "parts")) ? "dataurl" : "copy",
    }));
  },
};

async function sprite() {
  const names = JSON.parse(await readFile(join(source, "icons.json"), "utf8"));
  const folder = dirname(createRequire(import.meta.url).resolve("bootstrap-icons/package.json"));
  const symbols = await Promise.all(
    names.map(async (name) => symbol(name, await readFile(join(folder, "icons", `${name}.svg`), "utf8"))),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
  await writeFile(join(target, "icons.svg"), svg);
}

function symbol(name, svg) {
  const drawing = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
  return `<symbol id="${name}" viewBox="0 0 16 16">${drawing}</symbol>`;
}

async function refuseSourceMaps() {
  for (const name of await readdir(target)) {
    const text = await readFile(join(target, name), "utf8");
    if (text.includes("sourceMappingURL")) throw new Error(`${name} names a source map`);
  }
}

async function report() {
  for (const name of (await readdir(target)).sort()) {
    const { size } = await stat(join(target, name));
    console.log(`${String(Math.ceil(size / 1024)).padStart(6)} KB  ${name}`);
  }
}

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await bundle();
await sprite();
await refuseSourceMaps();
await report();
