-- expect: calls
while true do pcall(Session.list) end
