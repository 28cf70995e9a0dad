-- expect: calls
while true do pcall(coroutine.wrap(Session.get),"x") end
