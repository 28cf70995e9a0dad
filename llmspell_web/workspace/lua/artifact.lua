-- Artifact.*: each function is one call to the host, which knows the rules. docs/lua-api.md describes them.
local sandbox = ...
local call = sandbox.call
local rawget, setmetatable, tostring = rawget, setmetatable, tostring

-- The id of an artifact is a table that works as its text wherever text is wanted.
local Id = { __name = "artifact id" }
local function text(id) return rawget(id, "id") end
Id.__tostring = text
Id.__concat = function(left, right) return tostring(left) .. tostring(right) end
Id.__eq = function(left, right) return text(left) == text(right) end
sandbox.text_form(Id, text)

local Artifact = {}

function Artifact.store(session, kind, name, content, options)
  return setmetatable(call("Artifact.store", session, kind, name, content, options), Id)
end

function Artifact.storeFile(session, path, kind, options)
  return setmetatable(call("Artifact.storeFile", session, path, kind, options), Id)
end

function Artifact.get(session, id) return call("Artifact.get", session, id) end
function Artifact.list(session, options) return call("Artifact.list", session, options) end
function Artifact.query(query) return call("Artifact.query", query) end
function Artifact.delete(session, id) return call("Artifact.delete", session, id) end

Artifact.store_file = Artifact.storeFile
sandbox.define("Artifact", Artifact)
