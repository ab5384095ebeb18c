/// Someone with a wallet.
package struct Person: Hashable, Sendable {
    package let id: ID<Person>
    /// The 20 bytes of the wallet's address, which is what people are known by.
    package let address: [UInt8]

    package init(id: ID<Person>, address: [UInt8]) {
        self.id = id
        self.address = address
    }
}
