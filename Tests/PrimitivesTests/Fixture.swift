import Foundation

/// A file under the repository's `fixtures` folder.
enum Fixture {
    struct Missing: Error {
        let path: String
    }

    static func decode<Content: Decodable>(_ path: String, as: Content.Type = Content.self) throws -> Content {
        try JSONDecoder().decode(Content.self, from: Data(contentsOf: folder().appending(path: path)))
    }

    /// The folder lies beside `Tests`, wherever the sources are.
    private static func folder() throws -> URL {
        var place = URL(filePath: #filePath).resolvingSymlinksInPath()
        while place.path() != "/" {
            place.deleteLastPathComponent()
            let candidate = place.appending(path: "fixtures")
            if FileManager.default.fileExists(atPath: candidate.path(percentEncoded: false)) { return candidate }
        }
        throw Missing(path: #filePath)
    }
}
