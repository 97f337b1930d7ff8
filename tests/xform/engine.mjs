// XForms as the engine of ODK Web Forms sees them: a reader and an XPath of its own, nothing of ours. Standard input: {"forms": [{"file": …,
// "cases": [{"/data/A": ["1"], …}, …]}]}; standard output, for each form and case: each node's kind, whether it is required, relevant and
// broken, and its options.
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('');
for (const name of ['DOMParser', 'XMLSerializer', 'Node', 'Element', 'Document', 'Attr', 'Text', 'XMLDocument', 'CDATASection', 'Comment', 'ProcessingInstruction',
	'DocumentFragment', 'NodeFilter', 'XPathResult', 'document', 'HTMLElement'])
	globalThis[name] ??= window[name];
globalThis.window ??= window;
// Its parser takes Node for a CommonJS module and looks for __dirname; as in a browser it is whole.
const { process } = globalThis;
globalThis.process = undefined;
const { loadForm } = await import('@getodk/xforms-engine');
globalThis.process = process;

function* nodes(n) {
	yield n;
	for (const child of n.currentState.children ?? [])
		yield* nodes(child);
}

const kinds = { 'model-value': 'value', root: 'root', group: 'group', note: 'note', select: 'select', input: 'input' };

function state(n) {
	const s = n.currentState;
	return { kind: kinds[n.nodeType] ?? n.nodeType, type: n.valueType ?? null, required: s.required, relevant: s.relevant,
		broken: n.validationState?.violation?.condition ?? null,
		options: s.valueOptions ? s.valueOptions.map((o) => [o.value, o.label?.asString ?? '']) : null, label: s.label?.asString ?? null };
}

function put(n, values) {
	if (n.nodeType === 'select')
		n.selectValues(values);
	else
		n.setValue(values[0] ?? '');
}

async function look({ file, language, cases }) {
	const form = await loadForm(readFileSync(file, 'utf-8'), { fetchFormAttachment: async () => new Response('') });
	if (form.status !== 'success')
		return { failed: String(form.error?.message ?? form.status) };
	return { states: cases.map((given) => {
		const { root } = form.createInstance();
		const wanted = root.languages?.find((l) => l.language === language);
		if (wanted)
			root.setLanguage(wanted);
		for (const [ref, values] of Object.entries(given))
			put([...nodes(root)].find((n) => n.currentState.reference === ref), values);
		return Object.fromEntries([...nodes(root)].map((n) => [n.currentState.reference, state(n)]));
	}), languages: form.createInstance().root.languages?.map((l) => l.language ?? null) };
}

const asked = JSON.parse(readFileSync(0, 'utf-8'));
const out = [];
for (const form of asked.forms)
	out.push(await look(form));
process.stdout.write(JSON.stringify(out));
