import Primitives
import Testing

@testable import Ethereum

struct Keccak256Tests {
    @Test(arguments: [
        ("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        ("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        (
            "The quick brown fox jumps over the lazy dog",
            "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"
        ),
        ("transfer(address,uint256)", "a9059cbb2ab09eb219583f4a59a5d0623ade346d962bcd4e46b11da047c9049b"),
    ])
    func `the published vectors come out`(text: String, hash: String) {
        #expect(Hex.encode(Keccak256.hash(text.utf8)) == hash)
    }

    private struct Vectors: Decodable {
        struct Long: Decodable {
            var count: Int
            var hash: String
        }
        var by_length: [String]
        var long: [Long]
    }

    private func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 * 31 + count * 7) }
    }

    @Test func `every length from 0 to 300 agrees with two other implementations`() throws {
        let vectors = try Fixture.read("keccak256.json", as: Vectors.self)
        try #require(vectors.by_length.count == 301)
        for (count, hash) in vectors.by_length.enumerated() {
            #expect(Hex.encode(Keccak256.hash(pattern(count))) == hash, "length \(count)")
        }
    }

    @Test func `long inputs agree with two other implementations`() throws {
        for vector in try Fixture.read("keccak256.json", as: Vectors.self).long {
            #expect(Hex.encode(Keccak256.hash(pattern(vector.count))) == vector.hash)
        }
    }
}
