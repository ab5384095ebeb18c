import Foundation
import Testing

@Suite struct TidyTests {
    @Test func `each outside world is imported by the rooms named here, and by no other`() {
        let rooms: [String: Set<String>] = [
            "Hummingbird": ["Web"],
            "GRDB": ["Storage", "DaybookBench"],
            "AsyncHTTPClient": ["Gateways"],
            "SwiftProtobuf": ["Sync"],
            "CSecp256k1": ["Ethereum"],
            "CAllocator": ["DaybookServer"],
            "CArgon2": ["Ethereum"],
            "CPQ": ["Storage"],
            "CSodium": ["Ethereum"],
            "CTraps": ["Storage"],
            "CXML": ["Journal"],
            "CZip": ["Journal"],
            "CZlib": ["Journal", "Web"],
        ]
        var found: [String: Set<String>] = [:]
        for (path, text) in SourceTree.swiftSources {
            let room = String(path.split(separator: "/")[1])
            for module in rooms.keys where "\n\(text)".contains("import \(module)\n") {
                found[module, default: []].insert(room)
            }
        }
        #expect(found == rooms)
    }

    @Test func `rules have no clock, no chance and no files of their own`() {
        let banned = ["Date()", "Date.now", "UUID()", "FileManager", ".random(in:", "SystemRandomNumberGenerator"]
        for (path, text) in SourceTree.swiftSources {
            let room = path.split(separator: "/")[1]
            guard ["Sync", "Journal"].contains(room) else { continue }
            for word in banned { #expect(!text.contains(word), "\(path) uses \(word)") }
        }
    }

    /// What is made of today's date passes on some days of the month only.
    @Test func `no test is made of today's date`() {
        // A signature has to be of now; and what has no date is of today.
        let allowed = [
            "Tests/Browser/pretended.py", "Tests/ServerTests/Journal/EntryRoutesTests.swift",
            "Tests/TidyTests/TidyTests.swift",
        ]
        let banned = ["Date()", "Date.now", ".today()", "datetime.now(", "utcnow(", "time.time()"]
        let tests = SourceTree.files(in: "Tests", ending: ".swift") + SourceTree.files(in: "Tests", ending: ".py")
        #expect(tests.count > 100)
        for path in tests where !allowed.contains(path) {
            let text = SourceTree.text(path)
            for word in banned { #expect(!text.contains(word), "\(path) uses \(word)") }
        }
    }

    @Test func `nobody traps on what comes from outside`() {
        for (path, text) in SourceTree.swiftSources where !path.hasPrefix("Sources/DaybookBench") {
            for word in ["try!", "fatalError(", "as! "] { #expect(!text.contains(word), "\(path) uses \(word)") }
        }
    }

    /// A closure of a task that captures several values and goes on after the first suspension is compiled to a jump to
    /// nowhere in Swift 6.3.1, in debug builds. One call of a function is not.
    @Test func `what is given to a new task is one call`() {
        // They capture what is no existential and no struct of several members.
        let allowed = [
            "Sources/DaybookCLI/Devices/PairingWatch.swift", "Sources/Gateways/LiveWatch.swift",
            "Sources/Web/Live/LiveFeed.swift",
        ]
        var (found, count) = (Set<String>(), 0)
        for (path, text) in SourceTree.swiftSources where !path.hasPrefix("Sources/DaybookBench") {
            for body in SourceTree.taskBodies(in: text) {
                count += 1
                if !SourceTree.isOneStatement(body) { found.insert(path) }
            }
        }
        #expect(count >= 5)
        #expect(found.sorted() == allowed)
    }

    @Test func `one call is told from several`() {
        let one = " Task { [a, b = c.d] in\n    try await f(\n        a, b)\n}\n Task { await g { $0.h() } }"
        let two = " Task { [opening] in\n    guard let a = try? await opening.value else { return }\n    a.close()\n}"
        #expect(SourceTree.taskBodies(in: one).map(SourceTree.isOneStatement) == [true, true])
        #expect(SourceTree.taskBodies(in: two).map(SourceTree.isOneStatement) == [false])
    }

    /// FTS5's own functions that show where a word is take the square of the matches of one text, and nothing stops them.
    @Test func `no statement has FTS5 show where a match is`() {
        for (path, text) in SourceTree.swiftSources {
            for call in ["snippet(trade", "snippet(entry", "highlight("] {
                #expect(!text.contains(call), "\(path) uses \(call))")
            }
        }
    }

    @Test func `every migration is embedded`() {
        let manifest = SourceTree.text("Package.swift")
        for path in SourceTree.files(in: "Migrations", ending: ".sql") {
            #expect(manifest.contains(path), "\(path) is not embedded by Package.swift")
        }
    }

    @Test func `links between documents lead somewhere`() throws {
        let link = try Regex(#"\]\(([^)#:]+)(#[^)]*)?\)"#)
        for path in ["README.md"] + SourceTree.files(in: "docs", ending: ".md") {
            let folder = SourceTree.root.appending(path: path).deletingLastPathComponent()
            for match in SourceTree.text(path).matches(of: link) {
                guard let target = match.output[1].substring else { continue }
                #expect(
                    FileManager.default.fileExists(atPath: folder.appending(path: String(target)).path),
                    "\(path) links to \(target)")
            }
        }
    }

    @Test func `every test that a promise names is there`() throws {
        let name = try Regex(#"`(\w+Tests|test_\w+\.py)/([^`]+)`"#)
        let tests = SourceTree.files(in: "Tests", ending: ".swift") + SourceTree.files(in: "Tests", ending: ".py")
        let promises = SourceTree.text("docs/SECURITY.md").matches(of: name)
        #expect(promises.count > 20)
        for promise in promises {
            guard let suite = promise.output[1].substring, let test = promise.output[2].substring else { continue }
            let isPython = suite.hasSuffix(".py")
            let isThere = tests.filter { $0.hasSuffix(isPython ? "/\(suite)" : "/\(suite).swift") }
                .contains { SourceTree.text($0).contains(isPython ? "def \(test)(" : "func `\(test)`") }
            #expect(isThere, "\(suite) has no \(test)")
        }
    }

    @Test func `every file of the web app is embedded`() {
        let manifest = SourceTree.text("Package.swift")
        for path in SourceTree.files(in: "Sources/WebApp/Page", ending: "") {
            #expect(manifest.contains(String(path.dropFirst("Sources/WebApp/".count))), "\(path) is not embedded")
        }
    }

    /// `RECORD=1 swift test --filter TidyTests` writes the list anew.
    @Test func `every error code is in the list`() throws {
        let pattern = try Regex(#"Failure\(\s*\.`?(\w+)`?,\s*"([a-z_0-9]+\.[a-z_0-9]+)""#)
        var codes: [String: String] = [:]
        for (_, text) in SourceTree.swiftSources {
            for match in text.matches(of: pattern) {
                guard let kind = match.output[1].substring, let code = match.output[2].substring else { continue }
                codes[String(code)] = String(kind)
            }
        }
        let rows = codes.sorted { $0.key < $1.key }.map { "| `\($0.key)` | \($0.value) |" }
        let list = """
            # Error codes

            A code never changes its meaning. The kind decides the HTTP status and the exit code; the message says what
            to do. This list is written by a test.

            | code | kind |
            | --- | --- |
            \(rows.joined(separator: "\n"))

            """
        let path = SourceTree.root.appending(path: "docs/errors.md")
        if ProcessInfo.processInfo.environment["RECORD"] != nil {
            try list.write(to: path, atomically: true, encoding: .utf8)
        }
        #expect(SourceTree.text("docs/errors.md") == list, "run RECORD=1 swift test --filter TidyTests")
    }

    @Test func `no expectation holds whatever comes, and no test ends before it has expected anything`() throws {
        let leaving = try Regex(#"else \{\s*return\s*\}|return #expect"#)
        let sources = SourceTree.files(in: "Tests", ending: ".swift").filter { !$0.contains("/TidyTests/") }
        var early: [String] = []
        for path in sources {
            let text = SourceTree.text(path)
            for expectation in SourceTree.arguments(of: "#expect", in: text)
                + SourceTree.arguments(of: "#require", in: text)
            {
                for word in ["||", "?? true"] {
                    #expect(!expectation.contains(word), "\(path) expects one thing or another: \(expectation)")
                }
            }
            if path.hasSuffix("Tests.swift") { early += text.matches(of: leaving).map { _ in path } }
        }
        // Runs of a simulation that found nothing.
        #expect(early == ["Tests/SimulationTests/SimulationTests.swift"])
        let either = try Regex(#"\n *assert .* or "#)
        for path in SourceTree.files(in: "Tests/Browser", ending: ".py") {
            #expect(!SourceTree.text(path).contains(either), "\(path) asserts one thing or another")
        }
    }
}
