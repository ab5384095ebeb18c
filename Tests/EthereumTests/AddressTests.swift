import Primitives
import Testing

@testable import Ethereum

struct AddressTests {
    private static let published = [
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
    ]

    @Test func `the vectors of EIP-55 and of eth-utils print as they were read`() throws {
        let made = try Fixture.read("addresses.json", as: [String].self)
        try #require(made.count == 200)
        for text in Self.published + made {
            #expect(try Address(text).description == text)
        }
    }

    @Test func `letters of one case carry no checksum and are accepted`() throws {
        for text in Self.published {
            let digits = text.dropFirst(2)
            #expect(try Address("0x" + digits.lowercased()) == Address(text))
            #expect(try Address("0x" + digits.uppercased()) == Address(text))
        }
    }

    @Test func `a checksum that is wrong is refused`() {
        for text in Self.published.prefix(4) {
            var characters = Array(text)
            for index in characters.indices.dropFirst(2) where characters[index].isLetter {
                let right = characters[index]
                characters[index] = Character(right.isLowercase ? right.uppercased() : right.lowercased())
                #expect(code { _ = try Address(String(characters)) } == "address.bad_checksum")
                characters[index] = right
            }
        }
    }

    @Test(arguments: [
        "", "0x", "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0X5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed0",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeg", " 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
        "0x５aAeb6053F3E94C9b9A09f33669435E7Ef1BeA", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Be\u{301}",
    ])
    func `what is not 0x and 40 digits is refused`(text: String) {
        #expect(code { _ = try Address(text) } == "address.malformed")
    }

    @Test func `only 20 bytes are an address`() throws {
        for count in 0...64 where count != 20 {
            #expect(code { _ = try Address(bytes: [UInt8](repeating: 0, count: count)) } == "address.malformed")
        }
        #expect(
            try Address(bytes: [UInt8](repeating: 0, count: 20)).description
                == "0x0000000000000000000000000000000000000000")
    }
}
