// Sends one file of an upload, a request of its own. `onProgress` gets the part that has been sent, 0 to 1.
// Resolves to {ok, version} or {ok: false, message}; rejects with AbortError when `signal` says so.
export function sendFile(url, fields, file, { token, signal, onProgress }) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append("name", file.name);
  body.append("content", file);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => resolve(readAnswer(request)));
    request.addEventListener("error", () => {
      resolve({ ok: false, message: "The connection was lost before the server answered." });
    });
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

function readAnswer({ status, responseText }) {
  let answer = {};
  try {
    answer = JSON.parse(responseText);
  } catch {
    // Not ours: a proxy's page, or the server's own when it fails.
  }
  if (status === 201) return { ok: true, version: answer.version };
  return { ok: false, message: answer.message ?? `The server answered with status ${status}.` };
}
