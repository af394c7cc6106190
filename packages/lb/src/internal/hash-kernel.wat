;; XXH64 and the 64-bit MurmurHash2 of libstdc++ over the bytes at $INPUT. The hash is left at address 0, lower word first.
(module
  (memory (export "memory") 1)

  (func $round (param $lane i64) (param $input i64) (result i64)
    (i64.mul
      (i64.rotl
        (i64.add (local.get $lane) (i64.mul (local.get $input) (i64.const 0xC2B2AE3D27D4EB4F)))
        (i64.const 31))
      (i64.const 0x9E3779B185EBCA87)))

  (func $merge (param $hash i64) (param $lane i64) (result i64)
    (i64.add
      (i64.mul
        (i64.xor (local.get $hash) (call $round (i64.const 0) (local.get $lane)))
        (i64.const 0x9E3779B185EBCA87))
      (i64.const 0x85EBCA77C2B2AE63)))

  (func $word64 (param $hi i32) (param $lo i32) (result i64)
    (i64.or
      (i64.shl (i64.extend_i32_u (local.get $hi)) (i64.const 32))
      (i64.extend_i32_u (local.get $lo))))

  (func $stripes (param $end i32) (param $seed i64) (result i64)
    (local $at i32) (local $a i64) (local $b i64) (local $c i64) (local $d i64) (local $hash i64)
    (local.set $at (i32.const 16))
    (local.set $a (i64.add (local.get $seed) (i64.const 0x60EA27EEADC0B5D6)))
    (local.set $b (i64.add (local.get $seed) (i64.const 0xC2B2AE3D27D4EB4F)))
    (local.set $c (local.get $seed))
    (local.set $d (i64.sub (local.get $seed) (i64.const 0x9E3779B185EBCA87)))
    (loop $next
      (local.set $a (call $round (local.get $a) (i64.load (local.get $at))))
      (local.set $b (call $round (local.get $b) (i64.load offset=8 (local.get $at))))
      (local.set $c (call $round (local.get $c) (i64.load offset=16 (local.get $at))))
      (local.set $d (call $round (local.get $d) (i64.load offset=24 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (br_if $next (i32.le_u (i32.add (local.get $at) (i32.const 32)) (local.get $end))))
    (local.set $hash
      (i64.add
        (i64.add (i64.rotl (local.get $a) (i64.const 1)) (i64.rotl (local.get $b) (i64.const 7)))
        (i64.add (i64.rotl (local.get $c) (i64.const 12)) (i64.rotl (local.get $d) (i64.const 18)))))
    (local.set $hash (call $merge (local.get $hash) (local.get $a)))
    (local.set $hash (call $merge (local.get $hash) (local.get $b)))
    (local.set $hash (call $merge (local.get $hash) (local.get $c)))
    (call $merge (local.get $hash) (local.get $d)))

  (func (export "xxh64") (param $length i32) (param $seedHi i32) (param $seedLo i32)
    (local $at i32) (local $end i32) (local $hash i64)
    (local.set $at (i32.const 16))
    (local.set $end (i32.add (local.get $length) (i32.const 16)))
    (local.set $hash (call $word64 (local.get $seedHi) (local.get $seedLo)))
    (if (i32.ge_u (local.get $length) (i32.const 32))
      (then
        (local.set $hash (call $stripes (local.get $end) (local.get $hash)))
        (local.set $at (i32.add (i32.const 16) (i32.and (local.get $length) (i32.const -32)))))
      (else (local.set $hash (i64.add (local.get $hash) (i64.const 0x27D4EB2F165667C5)))))
    (local.set $hash (i64.add (local.get $hash) (i64.extend_i32_u (local.get $length))))
    (block $noEights
      (loop $eights
        (br_if $noEights (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)))
        (local.set $hash
          (i64.add
            (i64.mul
              (i64.rotl
                (i64.xor (local.get $hash) (call $round (i64.const 0) (i64.load (local.get $at))))
                (i64.const 27))
              (i64.const 0x9E3779B185EBCA87))
            (i64.const 0x85EBCA77C2B2AE63)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $eights)))
    (if (i32.le_u (i32.add (local.get $at) (i32.const 4)) (local.get $end))
      (then
        (local.set $hash
          (i64.add
            (i64.mul
              (i64.rotl
                (i64.xor
                  (local.get $hash)
                  (i64.mul (i64.load32_u (local.get $at)) (i64.const 0x9E3779B185EBCA87)))
                (i64.const 23))
              (i64.const 0xC2B2AE3D27D4EB4F))
            (i64.const 0x165667B19E3779F9)))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))))
    (block $noBytes
      (loop $bytes
        (br_if $noBytes (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $hash
          (i64.mul
            (i64.rotl
              (i64.xor
                (local.get $hash)
                (i64.mul (i64.load8_u (local.get $at)) (i64.const 0x27D4EB2F165667C5)))
              (i64.const 11))
            (i64.const 0x9E3779B185EBCA87)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $bytes)))
    (local.set $hash (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 33))))
    (local.set $hash (i64.mul (local.get $hash) (i64.const 0xC2B2AE3D27D4EB4F)))
    (local.set $hash (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 29))))
    (local.set $hash (i64.mul (local.get $hash) (i64.const 0x165667B19E3779F9)))
    (i64.store
      (i32.const 0)
      (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 32)))))

  (func $shiftMix (param $value i64) (result i64)
    (i64.xor (local.get $value) (i64.shr_u (local.get $value) (i64.const 47))))

  (func (export "murmur2") (param $length i32) (param $seedHi i32) (param $seedLo i32)
    (local $at i32) (local $end i32) (local $left i32) (local $hash i64) (local $tail i64)
    (local.set $at (i32.const 16))
    (local.set $end (i32.add (i32.const 16) (i32.and (local.get $length) (i32.const -8))))
    (local.set $hash
      (i64.xor
        (call $word64 (local.get $seedHi) (local.get $seedLo))
        (i64.mul (i64.extend_i32_u (local.get $length)) (i64.const 0xC6A4A7935BD1E995))))
    (block $noEights
      (loop $eights
        (br_if $noEights (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $hash
          (i64.mul
            (i64.xor
              (local.get $hash)
              (i64.mul
                (call $shiftMix (i64.mul (i64.load (local.get $at)) (i64.const 0xC6A4A7935BD1E995)))
                (i64.const 0xC6A4A7935BD1E995)))
            (i64.const 0xC6A4A7935BD1E995)))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $eights)))
    (local.set $left (i32.and (local.get $length) (i32.const 7)))
    (if (local.get $left)
      (then
        (loop $bytes
          (local.set $left (i32.sub (local.get $left) (i32.const 1)))
          (local.set $tail
            (i64.or
              (i64.shl (local.get $tail) (i64.const 8))
              (i64.load8_u (i32.add (local.get $at) (local.get $left)))))
          (br_if $bytes (local.get $left)))
        (local.set $hash
          (i64.mul (i64.xor (local.get $hash) (local.get $tail)) (i64.const 0xC6A4A7935BD1E995)))))
    (i64.store
      (i32.const 0)
      (call $shiftMix
        (i64.mul (call $shiftMix (local.get $hash)) (i64.const 0xC6A4A7935BD1E995))))))
