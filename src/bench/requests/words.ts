// The words of made-up prompts: common and short, so that usual tokenizers have one token for nearly each of them.

const list = `
a about above across after again against all almost alone along already also always among an and another any are around as at away
back because been before behind below best better between both but by can clear close cold could dark deep did do does done down dry
each early easy either else empty enough even ever every far fast few fine first five for four free fresh from full good great had
half hard has have he heavy her here high him his how if in into is it its just keep large last late least left less light like
little long low many may me mean more most much must my near never new next no not now of off often old on once one only open or
other our out over own part past perhaps plain quick quiet rather ready real right round same second see she short simple since six
slow small so some soon still strong such sure ten than that the their them then there these they thin third this those though three
through to today together too top toward true two under until up us very warm was way we well were what when where which while white
who whole why wide wild will with within without would yes yet you young your air arm art baby bag ball bank bar base bath bay bed
bell bird board boat body bone book bottle bottom bowl box boy branch bread bridge brother building bus business camera camp car
card case cat center chair chance change child church circle city class clock cloud club coast coat code coffee color company corner
cost country course court cow cross crowd cup dance data daughter day deal desk dinner doctor dog door dream dress drink driver dust
ear earth east edge egg end engine evening event eye face fact family farm father field fig film finger fire fish floor flower food
foot forest form fruit game garden gas gate gift girl glass gold grass green ground group hair hall hand hat head heart heat hill
history home horse hospital hotel hour house ice idea island job judge key kitchen knife lake land language law leaf leg letter
level library life line list man map market match matter meal meat member metal milk mind minute mirror moment money month moon
morning mother mountain mouth movie music name nature neck news night noise north nose note number ocean office oil order page paint
pair paper park party path peace pen people person phone picture piece place plan plane plant plate player pocket poem point police
pool power price problem program question race radio rain reason record red report rest rice ring river road rock role roof room
root rope rule salt sand school science sea seat season secret shadow shape sheet ship shoe shop shoulder side sign silver sister
size skin sky sleep snow soil son song sound south space speed sport spring square stage star state station step stone store storm
story street student sugar summer sun surface system table tail tea teacher team test thing thought thread time tool town train tree
trip truth village voice wall war watch water weather week weight west wheel wind window wine winter woman wood word work world year
ask begin believe break bring build buy call carry catch choose come cook cut decide drive eat fall feel fight find fly follow
forget get give go grow hear help hold hope hurry know laugh lead learn leave listen live look lose love make meet move need pay
play pull push put read remember ride rise run say sell send serve set show sing sit speak stand start stay stop take talk teach
tell think touch try turn use visit wait walk want wash wear win wish write
`;

export const words: readonly string[] = list.trim().split(/\s+/);
