// Tags as one line of text and back, as sessions/tag_text.py reads and writes them.
export function joinTags(tags) {
  return tags.map(quote).join(", ");
}

function quote(tag) {
  const isPlain = tag && tag === tag.trim() && !tag.includes(",") && !tag.startsWith('"');
  return isPlain ? tag : `"${tag.replaceAll('"', '""')}"`;
}

export function splitTags(text) {
  const tags = [];
  const pattern = /[\s,]*(?:"((?:[^"]|"")*)(?:"(?!")|$)|([^\s,"][^,]*))/gy;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    tags.push(match[1] === undefined ? match[2].trimEnd() : match[1].replaceAll('""', '"'));
  }
  return tags;
}
