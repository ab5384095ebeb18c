import Foundation
import Primitives
import TestSupport
import Testing

/// The real `daybook`, run as a process on a journal of its own, with nobody at a terminal and no network.
final class Daybook: Sendable {
    struct Answer: Sendable {
        let status: Int32
        let output: String
        let error: String

        /// The output as JSON; an empty object where it is none.
        var json: JSONNode { JSONNode(Data(output.utf8)) }
        /// The code of the failure, `noun.what_went_wrong`.
        var code: String? { error.split(separator: "[").last?.split(separator: "]").first.map(String.init) }
    }

    let directory: String
    private let journal: String

    /// - Parameter isBegun: whether `daybook init` has been run.
    init(begun isBegun: Bool = true) throws {
        directory = FileManager.default.temporaryDirectory.path + "/daybook-cli-" + Hex.encode(World.live.random(6))
        journal = directory + "/journal"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        if isBegun { try run("init", "--device", "desk") }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Products lie in one directory: the tests, and the program beside them.
    private static let binary: URL? = {
        let places = [
            Bundle.main.executableURL, URL(fileURLWithPath: CommandLine.arguments[0]),
            URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath(),
        ]
        for place in places.compactMap(\.self) {
            var folder = place.deletingLastPathComponent()
            for _ in 0..<4 {
                let program = folder.appendingPathComponent("daybook")
                if FileManager.default.isExecutableFile(atPath: program.path), !program.hasDirectoryPath {
                    return program
                }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }()

    @discardableResult
    func run(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> Answer {
        try run(arguments, input: input, environment: environment)
    }

    /// - Parameter file: what comes in, of the directory in which the commands run.
    func run(_ arguments: String..., file: String) throws -> Answer {
        try run(arguments, input: Data(contents(file) ?? []), environment: [:])
    }

    func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> Answer {
        try run(arguments, input: Data(input.utf8), environment: environment)
    }

    private func run(_ arguments: [String], input: Data, environment: [String: String]) throws -> Answer {
        let process = Process()
        guard let binary = Self.binary else {
            throw Failure(.notFound, "test.no_binary", "Build the product `daybook` first.")
        }
        process.executableURL = binary
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        process.environment = variables(environment)
        // Files, not pipes: no answer is too long for them.
        let names = ["in", "out", "err"].map { directory + "/.\($0)-" + Hex.encode(World.live.random(6)) }
        try input.write(to: URL(fileURLWithPath: names[0]))
        for name in names.dropFirst() { _ = FileManager.default.createFile(atPath: name, contents: nil) }
        process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: names[0]))
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: names[1]))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: names[2]))
        try process.run()
        process.waitUntilExit()
        defer { for name in names { try? FileManager.default.removeItem(atPath: name) } }
        return Answer(
            status: process.terminationStatus, output: try String(contentsOfFile: names[1], encoding: .utf8),
            error: try String(contentsOfFile: names[2], encoding: .utf8))
    }

    private func variables(_ more: [String: String]) -> [String: String] {
        let variables = [
            "HOME": directory, "DAYBOOK_JOURNAL": journal, "TZ": "UTC", "PATH": "/usr/bin:/bin",
            "TERM": "xterm-256color",
        ]
        return variables.merging(PretendedDate.environment) { $1 }.merging(more) { $1 }
    }

    /// Runs a command at a terminal: all that it shows, with progress and notes.
    func atTerminal(
        _ arguments: [String], columns: UInt16 = 80, environment: [String: String] = [:], typing: String = ""
    ) throws -> (status: Int32, shown: String) {
        guard let binary = Self.binary else {
            throw Failure(.notFound, "test.no_binary", "Build the product `daybook` first.")
        }
        return try AtTerminal.run(
            binary, arguments, environment: variables(["NO_COLOR": "1"].merging(environment) { $1 }), in: directory,
            columns: columns, typing: typing)
    }

    /// Runs a command that has to succeed, and reads its JSON.
    @discardableResult
    func ask(_ arguments: String..., input: String = "") throws -> JSONNode {
        let answer = try run(arguments + ["--json"], input: input)
        #expect(answer.status == 0, "\(arguments): \(answer.error)")
        return answer.json
    }

    /// Writes a file into the directory in which the commands run.
    @discardableResult
    func file(_ name: String, _ text: String) throws -> String {
        try file(name, Array(text.utf8))
    }

    @discardableResult
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: directory + "/" + name))
        return name
    }

    func contents(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: directory + "/" + name).map { Array($0) }
    }
}

/// Parsed JSON, as far as a test looks into it.
struct JSONNode: @unchecked Sendable, CustomStringConvertible {
    private let value: Any?

    init(_ data: Data) { value = try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) }
    private init(_ value: Any?) { self.value = value is NSNull ? nil : value }

    subscript(_ key: String) -> JSONNode { JSONNode((value as? [String: Any])?[key]) }
    subscript(_ index: Int) -> JSONNode {
        let list = self.list
        return list.indices.contains(index) ? list[index] : JSONNode(nil)
    }
    var list: [JSONNode] { (value as? [Any])?.map { JSONNode($0) } ?? [] }
    var text: String? { value as? String }
    var number: Double? { (value as? NSNumber)?.doubleValue }
    var count: Int? { (value as? NSNumber)?.intValue }
    var flag: Bool? { value as? Bool }
    var isNull: Bool { value == nil }
    var description: String { value.map { "\($0)" } ?? "null" }
}
