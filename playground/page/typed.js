/** What Discord's composer makes of a line that begins with a slash. */

/** The commands that are used most, which Discord shows first. */
const FIRST = ["imagine"];
const ENTITIES = ["user", "channel", "role", "mentionable"];

/** Sorts commands as Discord lists them: those used most, then by name. */
export function byUse(one, other) {
  const place = (entry) => (FIRST.includes(entry.invocation) ? FIRST.indexOf(entry.invocation) : FIRST.length);
  return place(one) - place(other) || one.invocation.localeCompare(other.invocation);
}

/**
 * The command that a line names before a space, and what it says for its options. Null where it names none, or
 * says something that no option takes. `last` is the option that the line ends in.
 */
export function typedCommand(entries, line) {
  const text = line.trimStart().replace(/\s/g, " ");
  const lowered = text.toLowerCase();
  const named = entries.filter((entry) => lowered.startsWith(`/${entry.invocation.toLowerCase()} `));
  const entry = named.sort((one, other) => other.invocation.length - one.invocation.length)[0];
  if (!entry) return null;
  const pairs = pairsOf(entry.options, text.slice(entry.invocation.length + 2).trim());
  if (!pairs) return null;
  const values = pairs.map(([option, written]) => [option.name, valueOf(option, written)]);
  return { entry, values: Object.fromEntries(values), last: pairs.at(-1)?.[0].name || null };
}

/** What is written into an option, where somebody writes the option's name before it: "prompt: a red apple". */
export function withoutName(option, written) {
  return written.replace(new RegExp(`^\\s*${option.name}\\s*:\\s*`, "i"), "").trimStart();
}

/** `prompt: a red apple` names its options; other text is the first option's. */
function pairsOf(options, text) {
  if (!text) return [];
  const takers = options.filter((option) => option.type !== "attachment");
  if (!takers.length) return null;
  const names = takers.map((option) => option.name).join("|");
  if (!new RegExp(`^(${names})\\s*:`, "i").test(text)) return [[takers[0], text]];
  const parts = text.split(new RegExp(`(?:^| )(${names})\\s*:`, "i")).slice(1);
  const pairs = [];
  for (let index = 0; index < parts.length; index += 2) {
    const option = takers.find((taker) => taker.name.toLowerCase() === parts[index].toLowerCase());
    if (parts[index + 1].trim()) pairs.push([option, parts[index + 1].trim()]);
  }
  return pairs;
}

function valueOf(option, written) {
  if (option.type === "boolean") return { raw: /^(true|false)$/i.test(written) ? /^true$/i.test(written) : written };
  if (ENTITIES.includes(option.type)) return { raw: written.replace(/^[@#]/, "") };
  const choice = option.choices?.find((item) => item.name.toLowerCase() === written.toLowerCase());
  return { raw: choice ? String(choice.value) : written };
}
