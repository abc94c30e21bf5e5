// What a page elsewhere does to an address of the desk, in the browser of somebody who has the desk open.
async ([to, own]) => {
  const done = (ms) => new Promise((go) => setTimeout(go, ms));
  const frame = () => { const f = document.createElement("iframe"); f.name = "f" + Math.random(); document.body.append(f); return f.name; };
  const form = (type, fields, method = "post", target = frame()) => { const f = document.createElement("form");
    Object.assign(f, { action: to, method, enctype: type, target });
    for (const [k, v] of Object.entries(fields)) { const i = document.createElement("input"); i.name = k; i.value = v; f.append(i); }
    document.body.append(f); f.submit(); };
  const ask = (what) => fetch(to, { mode: "no-cors", credentials: "include", ...what }).catch(() => 0);
  form("application/x-www-form-urlencoded", { a: "1" });                        // 1
  form("multipart/form-data", { a: "1" });                                      // 2
  form("text/plain", { '{"a":"': '"}' });                                       // 3: JSON in plain text
  form("application/x-www-form-urlencoded", { _method: "DELETE" });             // 4: another method, by a field
  await ask({ method: "POST", body: '{"a":1}' });                               // 5
  await ask({ method: "POST", body: new URLSearchParams({ a: "1" }) });         // 6
  await ask({ method: "POST", body: "{}", referrerPolicy: "no-referrer" });     // 7: no word of whence
  await fetch(to, { method: "POST", body: "{}", headers: { "content-type": "application/json" } }).catch(() => 0); // 8: asks first
  await fetch(to, { method: "PUT", body: "{}" }).catch(() => 0);                // 9
  await fetch(to, { method: "POST", headers: { "x-http-method-override": "DELETE" } }).catch(() => 0); // 10
  navigator.sendBeacon(to, new Blob(["{}"], { type: "text/plain" }));           // 11
  const boxed = document.createElement("iframe");                               // 12: an origin of null
  boxed.sandbox = "allow-scripts allow-forms";
  boxed.srcdoc = `<form method=post action="${to}"><input name=a></form><script>document.forms[0].submit()</script>`;
  document.body.append(boxed);
  await ask({ method: "HEAD" });                                                // 13
  const seen = document.createElement("img"); seen.src = to; document.body.append(seen); // 14: GET, as an image
  const shown = document.createElement("iframe"); shown.src = own + "/"; document.body.append(shown); // the desk in a frame
  await done(1000);
  return 14; }
