import Foundation
import Testing

/// The text of the code itself.
enum SourceTree {
    static let root: URL = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path), folder.path != "/"
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// Paths below the root with this ending, in order. That there are none is a fault: a rule would hold for nothing.
    static func files(in folder: String, ending: String) -> [String] {
        let base = root.appending(path: folder)
        let found = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        let files = found.filter { $0.hasSuffix(ending) }.map { folder + "/" + $0 }.sorted()
        #expect(!files.isEmpty, "there is no \(ending) in \(folder)")
        return files
    }

    static func text(_ path: String) -> String {
        do {
            return try String(contentsOf: root.appending(path: path), encoding: .utf8)
        } catch {
            Issue.record("\(path) cannot be read: \(error)")
            return ""
        }
    }

    /// What stands between the parentheses of each call.
    static func arguments(of name: String, in text: String) -> [Substring] {
        text.ranges(of: name + "(").map { range in
            var depth = 1
            let rest = text[range.upperBound...]
            let end = rest.utf8.firstIndex { byte in
                depth += byte == UInt8(ascii: "(") ? 1 : byte == UInt8(ascii: ")") ? -1 : 0
                return depth == 0
            }
            return rest[..<(end ?? rest.endIndex)]
        }
    }

    /// What stands between the braces of each closure that is given to a new task, without what it captures by name.
    static func taskBodies(in text: String) -> [Substring] {
        let starts: [String.Index] =
            text.ranges(of: " Task {").map(\.upperBound)
            + text.ranges(of: "Task.detached {").map(\.upperBound)
        return starts.sorted().map { (start: String.Index) -> Substring in
            var depth = 1
            let rest = text[start...]
            let end = rest.utf8.firstIndex { byte in
                depth += byte == UInt8(ascii: "{") ? 1 : byte == UInt8(ascii: "}") ? -1 : 0
                return depth == 0
            }
            let body = rest[..<(end ?? rest.endIndex)]
            guard body.hasPrefix(" ["), let names = body.range(of: "] in") else { return body }
            return body[names.upperBound...]
        }
    }

    /// Whether there is one statement: no second line stands as far to the left as the first.
    static func isOneStatement(_ body: Substring) -> Bool {
        let lines = body.split(separator: "\n").filter { line in
            let code = line.drop { $0 == " " }
            return !code.isEmpty && !code.hasPrefix("//") && !code.hasPrefix("}") && !code.hasPrefix(")")
        }
        let margin = lines.map { $0.prefix { $0 == " " }.count }.min() ?? 0
        return lines.filter { $0.prefix { $0 == " " }.count == margin }.count == 1
    }

    static var swiftSources: [(path: String, text: String)] {
        files(in: "Sources", ending: ".swift").filter { !$0.hasSuffix(".pb.swift") }.map { ($0, text($0)) }
    }
}
