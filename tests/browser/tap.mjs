// One line a check, as tests/run.py counts them. A check that throws has failed; what it threw follows as a comment.
let number = 0;
let failed = 0;
let pattern = '';

export function only(text) {
	pattern = text;
}

export function wanted(...names) {
	return names.some((name) => name.includes(pattern) || (name.endsWith('*') && pattern.startsWith(name.slice(0, -1))));
}

export function failures() {
	return failed;
}

export function note(text) {
	for (const line of String(text).split('\n'))
		console.log(`# ${line}`);
}

// True when it passed or was not asked for. asked: the whole was, of which this is a part.
export async function check(name, body, asked = wanted(name)) {
	if (!asked)
		return true;
	try {
		await body();
		console.log(`ok ${++number} - ${name}`);
		return true;
	} catch (e) {
		failed++;
		console.log(`not ok ${++number} - ${name}`);
		note(e instanceof Wrong ? e.message : e.stack || e);
		return false;
	}
}

export class Wrong extends Error {}

export function that(condition, text) {
	if (!condition)
		throw new Wrong(text);
}

export function same(found, expected, what = '') {
	that(Object.is(found, expected), `${what}${what && ': '}found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`);
}

// All of the list in one failure.
export function none(list, what) {
	that(!list.length, `${what}:\n${list.slice(0, 20).map((x) => '  ' + (typeof x === 'string' ? x : JSON.stringify(x))).join('\n')}` +
		(list.length > 20 ? `\n  and ${list.length - 20} more` : ''));
}

export function plan() {
	console.log(`1..${number}`);
}
