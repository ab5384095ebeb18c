/// The noun behind `ID<Trade>`: a round trip from flat to flat, derived from fills (`RoundTrip`) or entered by hand.
package enum Trade {}
