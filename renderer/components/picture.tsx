import styles from './picture.module.css'

type PictureProps = { readonly mediaType: string; readonly base64: string; readonly description: string }

/** A figure that a step gave. It stands on a white card in both themes, since it was drawn for one. */
export function Picture({ mediaType, base64, description }: PictureProps) {
  return (
    <figure className={styles.card}>
      <img className={styles.image} src={`data:${mediaType};base64,${base64}`} alt={description} />
    </figure>
  )
}
