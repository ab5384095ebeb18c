import Testing

@testable import Journal

struct WideIntegerTests {
    @Test func `products and sums keep all their bits`() {
        var sum = WideInteger(.max, times: .max)
        sum -= WideInteger(.max - 1, times: .max)
        #expect(sum.narrowed == .max)
        sum += WideInteger(-1)
        sum -= WideInteger(.max - 1)
        #expect(sum.isZero)
        #expect(WideInteger(.min, times: 1).narrowed == .min)
        #expect(WideInteger(.min, times: -1).narrowed == nil)
        #expect(WideInteger(-3, times: 7).narrowed == -21)
    }

    @Test func `division rounds half away from zero`() {
        #expect(WideInteger(7).divided(by: 2) == 4)
        #expect(WideInteger(-7).divided(by: 2) == -4)
        #expect(WideInteger(7).divided(by: 3) == 2)
        #expect(WideInteger(.max, times: .max).divided(by: .max - 1) == nil)
        #expect(WideInteger(.max, times: .max - 1).divided(by: .max) == Int128.max - 1)
        #expect(WideInteger(.max, times: -.max).divided(by: .max) == -Int128.max)
        #expect(WideInteger(7).divided(by: 0) == nil)
    }

    @Test func `a share of a number keeps to the number`() {
        let whole = WideInteger(.max, times: .max)
        #expect(whole.scaled(by: .max, over: .max) == whole)
        #expect(whole.scaled(by: 0, over: .max)?.isZero == true)
        #expect(whole.scaled(by: 1, over: .max)?.narrowed == .max)
        #expect(WideInteger(10).scaled(by: 1, over: 4)?.narrowed == 3)
        #expect(WideInteger(10).scaled(by: 5, over: 4) == nil)
        #expect(WideInteger(-10).scaled(by: 1, over: 4) == nil)
    }

    @Test func `a sum that has overflowed never recovers`() {
        var sum = WideInteger(.max, times: .max)
        sum += sum
        #expect(sum.isOverflowed == false)
        sum += sum
        #expect(sum.isOverflowed)
        sum -= sum
        #expect(sum.narrowed == nil)
        #expect(sum.divided(by: 1) == nil)
        #expect(sum.scaled(by: 1, over: 1) == nil)
    }
}
