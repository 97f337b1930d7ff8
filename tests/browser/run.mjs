// Browser tests: node tests/browser/run.mjs --build FOLDER [--shots] [-k TEXT]          (called by ./dev test browser, ./dev shots)
//
// Fills a fresh store with the demonstration, serves it with FOLDER/release/src/thuocdo on a free port, drives Debian's Chromium through
// its pages, and prints TAP for tests/run.py. With THUOCDO_TEST_PG the journeys run once more on PostgreSQL. The two npm packages are
// installed below FOLDER. --shots: no checks; pictures of every kind of page into FOLDER/shots/.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { launch } from './browser.mjs';
import { accounts } from './accounts.mjs';
import { crawl } from './crawl.mjs';
import { edition } from './edition.mjs';
import { faces } from './faces.mjs';
import { field } from './field.mjs';
import { intake } from './intake.mjs';
import { phone, prepare as prepareForm } from './phone.mjs';
import { forms } from './forms.mjs';
import { guide } from './guide.mjs';
import { jobs } from './jobs.mjs';
import { journeys } from './journeys.mjs';
import { media } from './media.mjs';
import { results } from './results.mjs';
import { rounds } from './rounds.mjs';
import { setup } from './setup.mjs';
import { shots } from './shots.mjs';
import { freshDatabase, startServer } from './server.mjs';
import { prepareUp, upwards } from './upwards.mjs';
import { downwards, prepareDown } from './yearly.mjs';
import { check, failures, note, only, plan, same, wanted } from './tap.mjs';

const here = dirname(fileURLToPath(import.meta.url));

// node_modules below the build folder, installed again when the lock changed.
function modules(build) {
	const folder = join(build, 'browser');
	const lock = readFileSync(join(here, 'package-lock.json'), 'utf-8');
	const stamp = join(folder, 'node_modules', '.installed');
	if (!existsSync(stamp) || readFileSync(stamp, 'utf-8') !== lock) {
		mkdirSync(folder, { recursive: true });
		for (const name of ['package.json', 'package-lock.json'])
			copyFileSync(join(here, name), join(folder, name));
		execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
		writeFileSync(stamp, lock);
	}
	return folder;
}

async function withServer(program, options, body) {
	const server = await startServer(program, options);
	try {
		await body(server.address, server);
	} finally {
		const code = await server.stop();
		if (!options.quiet)
			await check(`${options.name}: the server stops in order and reports no errors`, () => {
				same(code, 0, 'exit code');
				same(server.log.filter((l) => / (error|fatal) /.test(l)).join('\n'), '', 'log');
			});
	}
}

async function onPostgres(body) {
	const base = freshDatabase(process.env.THUOCDO_TEST_PG);
	try {
		await body(base.url);
	} finally {
		base.drop();
	}
}

const YEARS = [[prepareDown, downwards], [prepareUp, upwards]];

// A round from opening to hand-over in a store of its own.
async function year(program, browser, name, prepare, body, db) {
	if (!wanted(`${name}*`))
		return;
	let first;
	await withServer(program, { name, db, prepare: (thuocdo, folder) => (first = prepare(thuocdo, folder)) },
		(address, { folder }) => body({ browser, address, first, folder, name }));
}

async function main() {
	const { values } = parseArgs({ options: { build: { type: 'string', default: 'build' }, shots: { type: 'boolean' }, k: { type: 'string', short: 'k' } } });
	const build = resolve(values.build);
	const program = join(build, 'release', 'src', 'thuocdo');
	// Chromium keeps caches and keys in the home folder: it gets one of its own.
	const home = mkdtempSync(join(tmpdir(), 'thuocdo-home-'));
	const kit = modules(build);
	process.env.HOME = home;
	process.env.XDG_CONFIG_HOME = join(home, 'config');
	process.env.XDG_CACHE_HOME = join(home, 'cache');
	only(values.k || '');
	const { browser, axe } = await launch(kit);
	note(`Chromium ${browser.version()}, Node ${process.version}`);
	try {
		if (values.shots) {
			await withServer(program, { quiet: true }, (address) => shots(browser, address, join(build, 'shots')));
			await withServer(program, { quiet: true, sandbox: true }, (address, server) =>
				setup({ browser, axe, address, password: server.password(), folder: join(build, 'shots', 'setup') }));
			await withServer(program, { quiet: true, sandbox: true }, async (address, server) => {
				await accounts({ browser, axe, address, password: server.password(), folder: join(build, 'shots', 'accounts') });
				await rounds({ browser, axe, address, password: server.password(), folder: join(build, 'shots', 'rounds') });
				await guide({ browser, address, password: server.password(), folder: join(build, 'shots', 'guide') });
				await results({ browser, axe, address, password: server.password(), folder: join(build, 'shots', 'results') });
				await forms({ browser, axe, address, password: server.password(), folder: join(build, 'shots', 'forms') });
			});
			return;
		}
		await withServer(program, { name: 'sqlite' }, async (address) => {
			if (wanted('page *', 'axe: *', 'all other links *', 'each kind of page *', 'links stay *'))
				await crawl({ browser, axe, address });
			await journeys({ browser, address, name: 'journey' });
			await journeys({ browser, address, name: 'journey without JavaScript', javaScript: false });
			await faces({ address });
			await media({ browser, address });
		});
		if (wanted('intake*'))
			await withServer(program, { name: 'intake', sandbox: true }, (address, server) => intake({ browser, axe, address, password: server.password() }));
		if (wanted('phone*'))
			await withServer(program, { name: 'phone', prepare: prepareForm }, (address) => phone({ browser, axe, address }));
		for (const [name, javaScript] of [['field', true], ['field without JavaScript', false]])
			if (wanted(`${name}*`))
				await withServer(program, { name, sandbox: true }, (address, server) => field({ browser, axe, address, password: server.password(), javaScript, name }));
		for (const javaScript of [true, false])
			if (wanted('edition*'))
				await withServer(program, { name: 'edition', sandbox: true }, (address, server) => edition({ browser, axe, address, password: server.password(), javaScript }));
		for (const javaScript of [true, false])
			if (wanted('setup*'))
				await withServer(program, { name: 'setup', sandbox: true }, (address, server) => setup({ browser, axe, address, password: server.password(), javaScript }));
		await withServer(program, { name: 'training', sandbox: true }, async (address, server) => {
			await accounts({ browser, axe, address, password: server.password() });
			await rounds({ browser, axe, address, password: server.password() });
			await results({ browser, axe, address, password: server.password() });
			await forms({ browser, axe, address, password: server.password() });
		});
		await jobs({ browser, axe, program });
		for (const [prepare, body] of YEARS)
			await year(program, browser, 'round', prepare, body);
		if (process.env.THUOCDO_TEST_PG) {
			await onPostgres((db) => withServer(program, { name: 'postgresql', db }, (address) => journeys({ browser, address, name: 'journey on PostgreSQL' })));
			const name = 'field on PostgreSQL';
			if (wanted(`${name}*`))
				await onPostgres((db) => withServer(program, { name, db, sandbox: true },
					(address, server) => field({ browser, axe, address, password: server.password(), name })));
			for (const [prepare, body] of YEARS)
				await onPostgres((db) => year(program, browser, 'round on PostgreSQL', prepare, body, db));
		}
		plan();
	} finally {
		await browser.close();
		rmSync(home, { recursive: true, force: true });
	}
	process.exitCode = failures() ? 1 : 0;
}

await main();
