local function show(value)
  if type(value) == "table" then
    local parts = {}
    for key, item in pairs(value) do parts[#parts + 1] = show(key) .. " = " .. show(item) end
    table.sort(parts)
    return "{" .. table.concat(parts, ", ") .. "}"
  end
  return type(value) == "string" and string.format("%q", value) or tostring(value)
end

local function check(condition, words)
  if not condition then error("check failed" .. (words and ": " .. tostring(words) or ""), 2) end
  return condition
end

local function same(actual, expected)
  if show(actual) ~= show(expected) then error("expected " .. show(expected) .. ", got " .. show(actual), 2) end
end

local function holds(text, words)
  if not tostring(text):find(words, 1, true) then error(show(text) .. " does not hold " .. show(words), 2) end
end

local function raises(words, f, ...)
  local arguments = table.pack(...)
  io.stderr:write("\1")
  local ok, message = pcall(function()
    local results = table.pack(f(table.unpack(arguments, 1, arguments.n)))
    return results
  end)
  io.stderr:write("\2")
  if ok then error("nothing was raised", 2) end
  if type(message) ~= "string" then error("raised a " .. type(message) .. ", not a string", 2) end
  if not message:find("^main%.lua:%d+: ") then error("no place in " .. show(message), 2) end
  for _, word in ipairs(type(words) == "table" and words or { words }) do
    if not message:find(word, 1, true) then error(show(message) .. " does not hold " .. show(word), 2) end
  end
  return message
end
