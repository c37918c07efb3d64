//! Makes untrusted pictures safe: decoded within limits, rotated, scaled down and encoded again, so
//! that only the pixels of the original remain. Pure and slow: call it outside of the async
//! threads.

use std::{borrow::Cow, io::Cursor};

use domain::{Code, Error, Result};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::png,
    codecs::png::PngEncoder, imageops::FilterType, metadata::Orientation,
};

/// The longest side of a logo, in pixels.
pub const LOGO_SIDE: u32 = 512;
/// The longest side that is decoded, because a small file can contain a picture that fills the
/// memory.
const MAX_SIDE: u32 = 8_192;
/// The most pixels that are decoded.
const MAX_PIXELS: u64 = 20_000_000;
/// The most memory that a decoder may ask for, in bytes.
const MAX_MEMORY: u64 = 192 * 1024 * 1024;

/// Encodes a picture as a PNG of at most [`LOGO_SIDE`] pixels a side. PNG, JPEG and WebP are
/// recognized by content.
///
/// # Errors
/// `image_unreadable`, also for a picture that is too large to be decoded.
pub fn logo(bytes: &[u8]) -> Result<Vec<u8>> {
    let picture = decode(bytes)?;
    let picture = if picture.width().max(picture.height()) > LOGO_SIDE {
        picture.resize(LOGO_SIDE, LOGO_SIDE, FilterType::CatmullRom)
    } else {
        picture
    };
    // A logo needs no more than eight bits per channel.
    let picture = if picture.color().has_alpha() {
        DynamicImage::from(picture.into_rgba8())
    } else {
        DynamicImage::from(picture.into_rgb8())
    };
    let mut png = Vec::new();
    let encoder = PngEncoder::new_with_quality(
        &mut png,
        png::CompressionType::Default,
        png::FilterType::Adaptive,
    );
    picture.write_with_encoder(encoder).map_err(Error::internal)?;
    Ok(png)
}

/// The chunks of a PNG that contain its pixels, and the one with the orientation of the camera.
const PNG_CHUNKS: [&[u8; 4]; 6] = [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf", b"IEND"];
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Removes other chunks of a PNG. Profiles and texts are compressed, and the decoder unpacks them
/// outside of its limits to up to a thousand times the size of the file. Other bytes are kept,
/// including broken chunks, which the decoder reports.
fn without_extras(bytes: &[u8]) -> Cow<'_, [u8]> {
    let Some(mut rest) = bytes.strip_prefix(PNG_SIGNATURE) else { return bytes.into() };
    let mut kept = PNG_SIGNATURE.to_vec();
    while let Some((length, _)) = rest.split_first_chunk::<4>() {
        // Length, name, data, checksum.
        let whole = (u32::from_be_bytes(*length) as usize).saturating_add(12).min(rest.len());
        let (chunk, others) = rest.split_at(whole);
        if chunk.get(4..8).is_none_or(|name| PNG_CHUNKS.iter().any(|known| *known == name)) {
            kept.extend_from_slice(chunk);
        }
        rest = others;
    }
    kept.extend_from_slice(rest);
    kept.into()
}

fn decode(bytes: &[u8]) -> Result<DynamicImage> {
    // The limits below do not apply to profiles and texts that the decoder unpacks, so those are
    // removed first.
    let bytes = without_extras(bytes);
    let mut reader =
        ImageReader::new(Cursor::new(&bytes[..])).with_guessed_format().map_err(Error::internal)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) {
        return Err(unreadable("only PNG, JPEG and WebP are supported"));
    }
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(MAX_SIDE), Some(MAX_SIDE));
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY {
        return Err(unreadable(format!("it has too many pixels ({width} by {height})")));
    }
    // Cameras store the orientation in metadata, which is not kept.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn unreadable(why: impl std::fmt::Display) -> Error {
    Error::new(Code::ImageUnreadable, format!("The image cannot be read: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn size(png: &[u8]) -> (u32, u32) {
        assert_eq!(image::guess_format(png).unwrap(), ImageFormat::Png);
        let picture = image::load_from_memory(png).unwrap();
        (picture.width(), picture.height())
    }

    #[test]
    fn large_pictures_shrink_and_small_ones_stay() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
            assert_eq!(size(&logo(&encoded(1_024, 256, format)).unwrap()), (512, 128));
            assert_eq!(size(&logo(&encoded(40, 30, format)).unwrap()), (40, 30));
        }
        assert_eq!(size(&logo(&encoded(4_000, 1, ImageFormat::Png)).unwrap()), (512, 1));
    }

    #[test]
    fn the_same_picture_gives_the_same_bytes() {
        let picture = encoded(600, 600, ImageFormat::Jpeg);
        assert_eq!(logo(&picture).unwrap(), logo(&picture).unwrap());
    }

    /// A few kilobytes that would fill hundreds of megabytes.
    #[test]
    fn bombs_are_refused_before_they_are_unpacked() {
        for (width, height) in [(8_000, 8_000), (9_000, 10)] {
            let error = logo(&encoded(width, height, ImageFormat::Png)).unwrap_err();
            assert_eq!(error.code(), Code::ImageUnreadable);
        }
        // A header that promises more than anybody has.
        let mut liar = encoded(10, 10, ImageFormat::Png);
        liar[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert_eq!(logo(&liar).unwrap_err().code(), Code::ImageUnreadable);
    }

    /// A chunk as it stands in a file.
    fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let mut sum = u32::MAX;
        for byte in name.iter().chain(data) {
            sum ^= u32::from(*byte);
            for _ in 0..8 {
                sum = (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
            }
        }
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length[..], name, data, &(!sum).to_be_bytes()].concat()
    }

    /// What is packed beside the pixels is never unpacked: here it is no packed data at all, and
    /// nobody notices.
    #[test]
    fn profiles_and_texts_beside_the_pixels_are_not_looked_at() {
        let plain = encoded(64, 64, ImageFormat::Png);
        let (head, body) = plain.split_at(8 + 25);
        for name in [b"iCCP", b"zTXt", b"iTXt", b"tEXt", b"gAMA", b"prVt"] {
            let extra = chunk(name, b"name\0\0this is not packed");
            let loaded = [head, &extra, body].concat();
            assert_eq!(without_extras(&loaded), plain, "{name:?}");
            assert_eq!(logo(&loaded).unwrap(), logo(&plain).unwrap());
        }
        for cut in 0..plain.len() {
            assert_eq!(&without_extras(&plain[..cut])[..], &plain[..cut]);
        }
    }

    #[test]
    fn what_is_no_picture_is_refused() {
        let whole = encoded(64, 64, ImageFormat::Png);
        for bytes in [
            &b""[..],
            b"GIF89a",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"\x89PNG\r\n\x1a\n",
            &whole[..60],
        ] {
            assert_eq!(logo(bytes).unwrap_err().code(), Code::ImageUnreadable, "{bytes:?}");
        }
    }

    /// What stands beside the pixels is gone, and a photo lies the way it was taken.
    #[test]
    fn metadata_is_left_behind() {
        let photo = encoded(40, 20, ImageFormat::Jpeg);
        // An APP1 segment: Exif with one entry, orientation 6 (a quarter turn).
        let exif = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let tagged = [&photo[..2], exif, &photo[2..]].concat();
        let png = logo(&tagged).unwrap();
        assert_eq!(size(&png), (20, 40));
        assert!(!png.windows(4).any(|word| word == b"Exif" || word == b"eXIf"));
    }
}
