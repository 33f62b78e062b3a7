// Builds static/build/ (git-ignored): styles, scripts and fonts.
//
//   node frontend/build.mjs            once, minified
//   node frontend/build.mjs --watch    again at every change, readable
//
// Tools are started with this same node, never through npm or npx: the node that `make setup`
// falls back on has neither on PATH.

import { execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CSS_SOURCES = join(ROOT, "frontend/css");
const OUTPUT = join(ROOT, "static/build");

// Each becomes one file in static/build/. A page that needs something heavy gets an entry of its
// own, so that the others do not carry it. Import no CSS in a script: it would overwrite the
// stylesheet of that name.
const SCRIPTS = ["site", "dashboard", "agenda", "team", "statistics", "developers"].map(
  (name) => `frontend/js/${name}.js`,
);

// Styles of the cockpit and of the page about the API, beside site.css: plain CSS without
// utilities, so esbuild suffices.
const STYLES = ["frontend/css/dashboard.css", "frontend/css/developers.css"];

const FONTS = ["latin", "latin-ext", "arabic"].map((name) => `readex-pro-${name}-wght-normal.woff2`);

// Python packages that put class names into our pages, in templates and in Python code.
const PYTHON_PACKAGES_WITH_CLASSES = ["crispy_tailwind"];

// Of ninja's 8 MB of static files these two are served: ninja is no installed app.
const SWAGGER_UI = ["swagger-ui-bundle.js", "swagger-ui.css"];

function copyFonts() {
  const from = join(ROOT, "node_modules/@fontsource-variable/readex-pro/files");
  mkdirSync(join(OUTPUT, "fonts"), { recursive: true });
  for (const font of FONTS) copyFileSync(join(from, font), join(OUTPUT, "fonts", font));
}

// The packages' folder has the Python version in its name: Python itself is asked for it.
function foldersOfPython(packages) {
  const python = [".venv/bin/python", ".venv/Scripts/python.exe"].map((path) => join(ROOT, path)).find(existsSync);
  if (!python) throw new Error("No .venv yet: `make setup` makes it.");
  const ask = `import importlib.util, sys
for name in sys.argv[1:]:
    print(importlib.util.find_spec(name).submodule_search_locations[0])`;
  const answer = execFileSync(python, ["-c", ask, ...packages], { encoding: "utf8" });
  return answer.trim().split(/\r?\n/);
}

// Without the names of their source maps: collectstatic refuses a name that leads to no file.
function copySwaggerUi() {
  const [ninja] = foldersOfPython(["ninja"]);
  for (const name of SWAGGER_UI) {
    const text = readFileSync(join(ninja, "static/ninja", name), "utf8");
    writeFileSync(join(OUTPUT, name), text.replace(/\/[*/]# sourceMappingURL=.*/, ""));
  }
}

function writeGeneratedSources() {
  const lines = foldersOfPython(PYTHON_PACKAGES_WITH_CLASSES).map((folder) => {
    const path = relative(CSS_SOURCES, folder).replaceAll("\\", "/");
    return `@source ${JSON.stringify(path)};\n`;
  });
  writeFileSync(join(CSS_SOURCES, "generated-sources.css"), lines.join(""));
}

function tailwindArguments() {
  return [
    join(ROOT, "node_modules/@tailwindcss/cli/dist/index.mjs"),
    ...["--input", join(CSS_SOURCES, "site.css")],
    ...["--output", join(OUTPUT, "site.css")],
  ];
}

const scriptOptions = {
  absWorkingDir: ROOT,
  entryPoints: SCRIPTS,
  outdir: OUTPUT,
  bundle: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

const styleOptions = {
  absWorkingDir: ROOT,
  entryPoints: STYLES,
  outdir: OUTPUT,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

async function buildOnce() {
  await esbuild.build({ ...scriptOptions, minify: true });
  await esbuild.build({ ...styleOptions, minify: true });
  const options = { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" };
  try {
    execFileSync(process.execPath, [...tailwindArguments(), "--minify"], options);
  } catch (error) {
    // Its chatter is kept back unless it says what went wrong.
    console.error(error.stdout + error.stderr);
    process.exit(1);
  }
}

async function watch() {
  for (const options of [scriptOptions, styleOptions]) {
    const context = await esbuild.context({ ...options, logLevel: "info" });
    await context.watch();
  }
  // "always": plain --watch stops when standard input is closed, as it is under make.
  const tailwind = spawn(process.execPath, [...tailwindArguments(), "--watch=always"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  tailwind.on("exit", (code) => process.exit(code ?? 1));
}

copyFonts();
copySwaggerUi();
writeGeneratedSources();
await (process.argv.includes("--watch") ? watch() : buildOnce());
