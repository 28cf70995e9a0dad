-- expect: ok
pcall(coroutine.wrap(function() pcall(os.exit,true) end)) while true do end
