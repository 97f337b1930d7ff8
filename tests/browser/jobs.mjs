// The page of work in the background in each of its states: going on, called off, failed, done; in both languages, at both sizes, by axe-core.
// The training store is set back for it; a stop of the server makes the failure.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { axeFindings, DESK, openContext, openPage, overflow, PHONE } from './browser.mjs';
import { startServer } from './server.mjs';
import { get } from './site.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

const ENDS_MS = 180000;

async function job(address, path) {
	return (await (await get(`${address}${path}.json`)).json()).data;
}

async function ended(address, path) {
	for (const until = Date.now() + ENDS_MS; Date.now() < until; await new Promise((done) => setTimeout(done, 200))) {
		const j = await job(address, path);
		if (j.ended)
			return j.state;
	}
	throw new Error('it does not end');
}

// The button at the head of each page; the path of the job it leads to.
async function reset(page, address) {
	await page.goto('/');
	await page.locator('.demo form button').click();
	await page.waitForURL(/\/cong-viec\//);
	return new URL(page.url()).pathname;
}

async function look(browser, axe, address, path, state) {
	const context = await openContext(browser, address);
	try {
		for (const prefix of ['', '/en'])
			for (const size of [DESK, PHONE])
				await check(`job: ${state} at ${size.width} px${prefix}`, async () => {
					const page = await openPage(context, address);
					// The page of running work comes again every two seconds: not while it is looked at.
					await page.route(`**${path}`, async (route) => {
						const response = await route.fetch();
						const headers = response.headers();
						that(state !== 'running' || headers.refresh || (await job(address, path)).ended, 'it does not come again by itself');
						delete headers.refresh;
						await route.fulfill({ response, headers });
					});
					await page.setViewportSize(size);
					await page.goto(prefix + path);
					that((await page.locator('h1').innerText()).length > 5, 'no heading');
					none(await overflow(page), 'too wide');
					none(await axeFindings(page, axe), 'axe-core');
					none(page.faults, 'faults');
					await page.close();
				});
	} finally {
		await context.close();
	}
}

export async function jobs({ browser, axe, program }) {
	if (!wanted('job: *'))
		return;
	const folder = mkdtempSync(join(tmpdir(), 'thuocdo-jobs-'));
	let server = await startServer(program, { db: join(folder, 's.db'), sandbox: true });
	let context = await openContext(browser, server.address);
	try {
		let page = await openPage(context, server.address);
		let path = await reset(page, server.address);
		await look(browser, axe, server.address, path, 'running');
		await check('job: it is called off by its button', async () => {
			await page.goto(path);
			const button = page.locator('form[action$="/huy"] button');
			if (await button.count()) // else it has ended by now
				await button.click();
			that(['cancelled', 'done'].includes(await ended(server.address, path)), 'neither called off nor done');
		});
		await look(browser, axe, server.address, path, (await job(server.address, path)).state);
		path = await reset(page, server.address);
		await context.close();
		await server.stop();
		server = await startServer(program, { db: join(folder, 's.db'), sandbox: true });
		await check('job: the end of the server is its failure, and is told', async () => {
			that(['failed', 'done'].includes(await ended(server.address, path)), 'not failed');
			const j = await job(server.address, path);
			that(j.state === 'done' || j.faults.length > 0, 'no reason');
		});
		await look(browser, axe, server.address, path, (await job(server.address, path)).state);
		context = await openContext(browser, server.address);
		page = await openPage(context, server.address);
		path = await reset(page, server.address);
		await check('job: it is done', async () => same(await ended(server.address, path), 'done', 'state'));
		await look(browser, axe, server.address, path, 'done');
	} finally {
		await context.close();
		await server.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}
