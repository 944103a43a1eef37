-- Ten thousand links; of four visitors two are known, one agreed just now, one did not say.
local agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
  .. "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1"
local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

local function reference()
  local signs = {}
  for place = 1, 21 do
    local at = math.random(64)
    signs[place] = letters:sub(at, at)
  end
  return table.concat(signs) .. "A"
end

local requests = {}
local pause = 0

function init(arguments)
  local prefix = "/c/bench"
  pause = tonumber(arguments[1] or "0")
  math.randomseed(os.time())
  for number = 1, 10000 do
    local kind = number % 4
    local cookie = nil
    if kind < 2 then
      cookie = "ap_consent=1; ap_ref=" .. reference()
    elseif kind == 2 then
      cookie = "ap_consent=1"
    end
    local headers = {
      ["Host"] = "localhost",
      ["User-Agent"] = agent,
      ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      ["Accept-Language"] = "fr-FR,fr;q=0.9",
      ["Accept-Encoding"] = "gzip, deflate, br",
      ["Referer"] = "https://blog" .. (number % 50) .. ".example/",
      ["Sec-Fetch-Site"] = "cross-site",
      ["Sec-Fetch-Mode"] = "navigate",
      ["Sec-Fetch-Dest"] = "document",
      ["Sec-Fetch-User"] = "?1",
      ["X-Forwarded-For"] = "203.0." .. (number % 200) .. "." .. (number % 250),
      ["X-Forwarded-Proto"] = "https",
      ["X-Forwarded-Host"] = "localhost",
      ["Cookie"] = cookie,
    }
    requests[number] = wrk.format("GET", prefix .. (number - 1), headers)
  end
end

function request()
  return requests[math.random(10000)]
end

-- Each connection waits so many milliseconds between two requests.
function delay()
  return pause
end
