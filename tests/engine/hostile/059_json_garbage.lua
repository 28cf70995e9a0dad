-- expect: ok ; out=/^(false\n)+$/
for _,s in ipairs{"","{","[1,]","{'a':1}","\"\\ud800\"","\"\xff\"","1e400","-Infinity","NaN",("9"):rep(500),("["):rep(5000),"[1] x","\0","\"\n\""} do print((pcall(json.decode,s))) end
