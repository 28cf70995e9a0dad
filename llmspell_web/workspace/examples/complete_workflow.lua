-- The guide's complete workflow
-- Press Run (Ctrl+Enter), then follow the links to the session that it makes.

-- Your own analysis goes here.
local function analyze_data()
    return {
        { month = "October", sales = 12840, growth = 0.04 },
        { month = "November", sales = 15210, growth = 0.18 },
        { month = "December", sales = 19975, growth = 0.31 },
    }
end

-- A small picture (a PNG in hexadecimal) stands in for the chart that your own code would draw.
local function draw_chart(path)
    local picture = [[
89504e470d0a1a0a0000000d4948445200000060000000400203000000985a9a9d00000009504c5445e8ebf04060c05a6478
660aa631000000294944415418d36360186980351408024625f04a4045068b04aac8a8c4a8c4a8041112ab700006ea010099
83dc24a02078b20000000049454e44ae426082]]
    local file = assert(io.open(path, "wb"))
    file:write((picture:gsub("%s", ""):gsub("%x%x", function(byte) return string.char(tonumber(byte, 16)) end)))
    file:close()
end

-- Create a session for an analysis task
local session_id = Session.create({
    name = "Data Analysis - Q4 2024",
    description = "Quarterly performance analysis",
    tags = {"analysis", "q4-2024", "performance"}
})

-- Set as current session
Session.setCurrent(session_id)

-- Store input data
local input_id = Artifact.store(
    session_id,
    "user_input",
    "requirements.txt",
    "Analyze sales data for Q4 2024...",
    {mime_type = "text/plain"}
)

-- Run analysis
local results = analyze_data()

-- Store results
local result_id = Artifact.store(
    session_id,
    "agent_output",
    "analysis_results.json",
    json.encode(results),
    {
        mime_type = "application/json",
        tags = {"results", "final"}
    }
)

-- Store generated chart
draw_chart("/tmp/chart.png") -- /tmp belongs to this run alone
local chart_id = Artifact.storeFile(
    session_id,
    "/tmp/chart.png",
    "agent_output",
    {
        mime_type = "image/png",
        description = "Q4 sales chart"
    }
)

-- Save session for later reference
Session.save(session_id)

-- Mark complete
Session.complete(session_id)

print("Analysis complete. Session:", session_id)
return results
