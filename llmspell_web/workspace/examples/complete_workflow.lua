-- The complete workflow of the guide: press Run (Ctrl+Enter), then follow the links to the session it makes.

-- Your own analysis goes here.
local function analyze_data()
    return {
        { month = "October", sales = 12840, growth = 0.04 },
        { month = "November", sales = 15210, growth = 0.18 },
        { month = "December", sales = 19975, growth = 0.31 },
    }
end

-- Draws the sales as an image that `Artifact.storeFile` can store. /tmp belongs to this run alone.
local function draw_chart(results, path)
    local rows, width = {}, 60
    for _, row in ipairs(results) do
        local filled = math.floor(row.sales / 20000 * width)
        for _ = 1, 8 do
            rows[#rows + 1] = string.rep("\64\96\192", filled) .. string.rep("\232\235\240", width - filled)
        end
    end
    -- PNG wants its rows behind a filter byte, in a zlib stream (stored, not compressed), each chunk with its CRC.
    local function crc32(text)
        local crc = 0xFFFFFFFF
        for i = 1, #text do
            crc = crc ~ text:byte(i)
            for _ = 1, 8 do
                crc = (crc >> 1) ~ ((crc & 1) * 0xEDB88320)
            end
        end
        return crc ~ 0xFFFFFFFF
    end
    local function adler32(text)
        local a, b = 1, 0
        for i = 1, #text do
            a = (a + text:byte(i)) % 65521
            b = (b + a) % 65521
        end
        return (b << 16) | a
    end
    local function chunk(kind, body)
        return string.pack(">I4", #body) .. kind .. body .. string.pack(">I4", crc32(kind .. body))
    end
    local pixels = "\0" .. table.concat(rows, "\0")
    local stream = "\x78\x01\x01" .. string.pack("<I2I2", #pixels, ~#pixels & 0xFFFF)
        .. pixels .. string.pack(">I4", adler32(pixels))
    local file = assert(io.open(path, "wb"))
    file:write("\x89PNG\r\n\x1a\n", chunk("IHDR", string.pack(">I4I4BBBBB", width, #rows, 8, 2, 0, 0, 0)))
    file:write(chunk("IDAT", stream), chunk("IEND", ""))
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
draw_chart(results, "/tmp/chart.png")
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
