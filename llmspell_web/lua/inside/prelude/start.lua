-- Loads the sandbox's own files, which share one table, and then the libraries, which get `sandbox` alone.
local as_function = python.as_function
local load, select, pairs, error = load, select, pairs, error

return function(functions, own, ...)
  local natives = {}
  for name, f in pairs(functions) do
    natives[name] = as_function(f)
  end
  local shared = { natives = natives }
  for i = 1, select("#", ...), 2 do
    local name, text = select(i, ...)
    local chunk, message = load(text, "=[sandbox]", "t")
    if not chunk then error(name .. ": " .. message, 0) end
    chunk(i <= 2 * own and shared or shared.sandbox)
  end
  return shared
end
