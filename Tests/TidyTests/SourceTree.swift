import Foundation

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

    /// Paths below the root with this ending, in order.
    static func files(in folder: String, ending: String) -> [String] {
        let base = root.appending(path: folder)
        let found = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return found.filter { $0.hasSuffix(ending) }.map { folder + "/" + $0 }.sorted()
    }

    static func text(_ path: String) -> String {
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8)) ?? ""
    }

    static var swiftSources: [(path: String, text: String)] {
        files(in: "Sources", ending: ".swift").filter { !$0.hasSuffix(".pb.swift") }.map { ($0, text($0)) }
    }
}
