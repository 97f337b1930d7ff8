// A store of its own in a temporary folder, filled with the demonstration, and the server on a free port in front of it.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const START_MS = 180000; // the demonstration on PostgreSQL takes many round trips
const STOP_MS = 30000;

let databases = 0;

// A database of its own beside that of THUOCDO_TEST_PG, dropped at the end. psql comes with the server's package.
export function freshDatabase(url) {
	const name = `browser_${process.pid}_${++databases}`;
	const sql = (text) => execFileSync('psql', ['-X', '-q', '-d', url, '-c', text], { stdio: ['ignore', 'ignore', 'pipe'] });
	sql(`CREATE DATABASE ${name}`);
	return { url: url.replace(/^(postgres(?:ql)?:\/\/[^/?]*\/)[^?]*/, `$1${name}`), drop: () => sql(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

// prepare(thuocdo, folder): fills the store instead of the demonstration; thuocdo(...words) runs a command on it and gives back what it printed.
export async function startServer(program, { db, sandbox = false, prepare } = {}) {
	const folder = mkdtempSync(join(tmpdir(), 'thuocdo-browser-'));
	const store = db || join(folder, 'store.db');
	const thuocdo = (...words) => execFileSync(program, [...words, '--db', store], { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf-8' });
	if (prepare)
		prepare(thuocdo, folder);
	else if (!sandbox)
		execFileSync(program, ['init', '--demo', '--db', store], { stdio: ['ignore', 'ignore', 'inherit'] });
	const child = spawn(program, ['serve', '--db', store, '--listen', '127.0.0.1:0', ...(sandbox ? ['--sandbox'] : [])], { stdio: ['ignore', 'pipe', 'pipe'] });
	const log = [], printed = [];
	createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
	const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal || code)));
	const address = await new Promise((resolve, reject) => {
		const timer = setTimeout(() => reject(new Error(`no address within ${START_MS} ms\n${log.join('\n')}`)), START_MS);
		createInterface({ input: child.stdout }).on('line', (line) => {
			printed.push(line);
			const found = /http:\/\/\S+?(?=\/?(?:\s|$))/.exec(line);
			if (found) {
				clearTimeout(timer);
				resolve(found[0]);
			}
		});
		ended.then((code) => reject(new Error(`the server ended with ${code}\n${log.join('\n')}`)));
	});
	return {
		address,
		log,
		folder,
		// The password of the training accounts.
		password: () => /(\S+)$/.exec(printed.find((l) => l.includes('quantri')) || '')?.[1],
		// The exit code; it must be 0.
		async stop() {
			child.kill('SIGTERM');
			const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
			const code = await ended;
			clearTimeout(timer);
			rmSync(folder, { recursive: true, force: true });
			return code;
		},
	};
}
