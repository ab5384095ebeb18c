import Foundation
import Primitives
import TestSupport

@testable import Ethereum

/// Vectors that `fixtures/ethereum/make_vectors.py` took from other implementations.
enum Fixture {
    static func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        while folder.pathComponents.count > 1 {
            folder.deleteLastPathComponent()
            let file = folder.appending(path: "fixtures/ethereum/\(name)")
            if let data = try? Data(contentsOf: file) { return try JSONDecoder().decode(type, from: data) }
        }
        throw Failure(.notFound, "fixture.not_found", "There is no fixtures/ethereum/\(name) above \(#filePath).")
    }

    struct Signed: Decodable {
        var key: String
        var message: String
        var hash: String
        var signature: String
        var high_s: String
        var address: String
    }

    static let signatures: [Signed] = (try? read("signatures.json")) ?? []
}

/// The code of the failure that `body` throws, or nil when it throws none.
func code(_ body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return (error as? Failure)?.code ?? "not a Failure: \(error)"
    }
}
