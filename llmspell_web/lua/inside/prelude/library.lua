-- What the libraries get: their only way to the host, and to the script's globals.
local shared = ...
local type = type

shared.sandbox = {
  call = shared.call,
  fail = shared.fail,
  warn = shared.warn,
  try = function(op, ...)
    local ok, value, code = shared.invoke(op, ...)
    if ok then return value end
    return nil, value, code
  end,
  define = function(name, value)
    shared.globals[name] = value
    if type(value) == "table" then shared.loaded[name] = value end
  end,
  text_form = function(metatable, form) shared.text_forms[metatable] = form end,
}
