import Primitives

/// A map that a person saved for all files of one header.
package struct SavedMapping: Sendable {
    package let name: String
    /// The folded titles, as `ImportHeader.text` writes them.
    package let header: String
    /// As `ColumnMap.text` writes it; a later version may write more than this one reads.
    package let map: String
    /// What was said of the file otherwise.
    package let options: Result<ImportOptions, Failure>
    /// Whose the files are; nil for nobody's in particular.
    package let exchange: String?

    package init(
        name: String, header: String, map: String, options: Result<ImportOptions, Failure>, exchange: String?
    ) {
        self.name = name
        self.header = header
        self.map = map
        self.options = options
        self.exchange = exchange
    }
}

extension ImportOptions {
    /// What was said goes before what a saved mapping says.
    func completed(by saved: SavedMapping?) throws(Failure) -> ImportOptions {
        guard let saved else { return self }
        let other: ImportOptions
        do { other = try saved.options.get() } catch { throw .importBrokenMapping(saved.name, error) }
        var options = self
        options.zone = zone ?? other.zone
        options.dateOrder = dateOrder ?? other.dateOrder
        options.decimal = decimal ?? other.decimal
        options.currency = currency ?? other.currency
        options.market = market ?? other.market
        options.isNewestFirst = isNewestFirst ?? other.isNewestFirst
        options.paidFees = paidFees ?? other.paidFees
        return options
    }
}

extension [SavedMapping] {
    /// The one for a header; nil where there is none.
    ///
    /// - Throws: `import.two_mappings`.
    func matching(_ header: String) throws(Failure) -> SavedMapping? {
        let found = filter { $0.header == header }
        guard found.count < 2 else {
            let names = found.prefix(5).map { "“\($0.name)”" }.joined(separator: " and ")
            throw Failure(
                .conflict, "import.two_mappings",
                "The mappings \(names) are for files of this header: delete all but one by `daybook mapping delete`, or say "
                    + "the columns by --map.")
        }
        return found.first
    }
}

extension Failure {
    /// A saved mapping that cannot be applied.
    static func importBrokenMapping(_ name: String, _ failure: Failure) -> Failure {
        Failure(
            .invalid, "import.broken_mapping",
            "Your mapping “\(name)” is for files of this header and cannot be applied: \(failure.message) Save it anew by "
                + "`daybook mapping save`, or delete it.")
    }
}
