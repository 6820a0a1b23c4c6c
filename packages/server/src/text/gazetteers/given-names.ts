/** Common given names of several cultures, folded. */

const names =
  // English
  'aaron abby abigail adam adrian aidan alan albert alex alexander alexandra alexis alfred alice ' +
  'alicia alison allison alyssa amanda amber amelia amy andrea andrew andy angela angelina anita ' +
  'ann anna anne annie anthony april ashley audrey austin ava barbara beatrice becky ben ' +
  'benjamin bernard beth bethany betty beverly bill billy blake bob bobby brad bradley brandon ' +
  'brenda brian brianna bridget brittany brooke bruce bryan caitlin caleb calvin cameron carl ' +
  'carla carmen carol caroline carolyn carrie casey catherine cathy cecilia charles charlie ' +
  'charlotte chelsea cheryl chloe chris christian christina christine christopher cindy claire ' +
  'clara clark claudia cody colin connor constance corey craig crystal curtis cynthia daisy dale ' +
  'dan daniel danielle danny darren dave david dawn dean deborah debbie debra denise dennis ' +
  'derek diana diane dominic don donald donna doris dorothy doug douglas duncan dustin dylan ' +
  'earl ed eddie edgar edith edward edwin eileen elaine eleanor elena eli elijah elizabeth ella ' +
  'ellen ellie elliot emily emma eric erica erin ethan eugene eva evan eve evelyn faith felicity ' +
  'felix fiona florence frances francis frank franklin fred frederick gabriel gabriella gary ' +
  'gavin gemma gene george gerald gilbert gina gladys glen glenn gloria gordon grace graham ' +
  'grant greg gregory gwen hailey hannah harold harriet harry harvey hazel heather heidi helen ' +
  'henry holly hope howard hugh hugo ian irene isaac isabel isabella ivy jack jackie jackson ' +
  'jacob jade jake james jamie jan jane janet janice jared jasmine jason jay jean jeff jeffrey ' +
  'jen jenna jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joanna joe joel john ' +
  'johnny jon jonathan jordan joseph josh joshua joy joyce juan judith judy julia julian julie ' +
  'june justin karen kate katherine kathleen kathryn kathy katie kayla keith kelly kelsey ken ' +
  'kenneth kevin kim kimberly kirsten kristen kristin kyle lance larry laura lauren lawrence ' +
  'leah lee leo leon leonard leslie lewis liam lillian lily linda lindsay lisa liz logan lois ' +
  'lorraine louis louise lucas lucy luke lydia lynn mabel mackenzie maddie madison maggie ' +
  'malcolm mandy marcus margaret maria marie marilyn marion mark marlene marsha martha martin ' +
  'marvin mary mason matt matthew maureen max megan melanie melinda melissa melvin mia michael ' +
  'michelle mike mildred miles millie miranda mitchell molly monica morgan nancy naomi natalie ' +
  'natasha nate nathan nathaniel neil nicholas nick nicole nigel noah nora norman olive oliver ' +
  'olivia oscar owen paige pam pamela pat patricia patrick paul paula pauline peggy penelope ' +
  'penny pete peter phil philip phillip phoebe phyllis priscilla rachel ralph randy ray raymond ' +
  'rebecca reginald renee rhonda richard rick ricky riley rita rob robert roberta robin rodney ' +
  'roger roland ron ronald rory rosa rose rosemary rosie ross roy ruby rufus rupert russell ruth ' +
  'ryan sabrina sally sam samantha samuel sandra sandy sara sarah savannah scott sean sebastian ' +
  'shane shannon sharon shaun shawn sheila shelby shelley sherry shirley sidney sienna simon ' +
  'sophia sophie spencer stacey stacy stan stanley stella stephanie stephen steve steven stewart ' +
  'stuart sue summer susan suzanne sydney sylvia tamara tammy tanya tara taylor ted teresa terry ' +
  'thelma theo theodore theresa thomas tiffany tim timothy tina todd tom tommy toni tony tracy ' +
  'travis trevor tristan tyler valerie vanessa vera vernon veronica victor victoria vincent ' +
  'viola violet virginia vivian wade wallace walter wanda warren wayne wendy wesley will william ' +
  'willow winston xavier yvonne zach zachary zoe ' +
  // German, Dutch, Nordic
  'anja anke annika astrid bernd bjorn britta christoph dieter dirk elke emil erik ernst eva ' +
  'felix finn florian franz freya frida friedrich fritz gerd gerhard greta gudrun gunther gustav ' +
  'hans heike heinrich heinz helga helmut henrik hermann hilde horst inge ingrid jana jens ' +
  'joachim johan johanna johannes jonas jorg jurgen kai karin karl karsten katja katrin klaus ' +
  'kurt lars lasse lena lina linnea lotte lukas magnus maja manfred marieke markus marlies mats ' +
  'matthias maximilian mikael mikkel monika niels nils nina ole olaf otto petra pieter rainer ' +
  'ralf reinhard rolf ruediger sabine sander sanne saskia signe silke sofie soren stefan steffen ' +
  'susanne sven svenja thorsten tobias torben torsten tove ulrich ulrike uta uwe volker werner ' +
  'wilhelm willem wim wolfgang aino antti eero eino juha jussi kaisa matti mikko paivi pekka ' +
  'timo tuomas ville ' +
  // French, Italian, Spanish, Portuguese, Romanian
  'adele alain alessandra alessandro alejandra alejandro alfonso alvaro amelie ana andre andreea ' +
  'andrei angelo antoine antonella antonio armando arnaud aurelie beatriz benoit bianca bruno ' +
  'camila camille carlo carlos catarina cedric celine chiara claude clement cristian cristina ' +
  'damien davide delphine diego dolores domenico eduardo elisa emanuele emiliano emilie enrico ' +
  'enrique enzo esteban estelle etienne fabio federica federico fernanda fernando filipe filippo ' +
  'florin francesca francesco francisco francois francoise gael gaston geraldine giacomo gianni ' +
  'gilles giorgio giovanna giovanni giulia giuseppe gonzalo guillaume guillermo gustavo hector ' +
  'helene henri ignacio ines inigo ioana ion isabelle ivan jacques javier jerome jesus joao ' +
  'joaquin jorge jose josefina juana juliana julien juliette laetitia laurent leandro leonardo ' +
  'leticia lorenzo luc luca lucia luciana lucie ludovic luigi luis luisa luiz manon manuel ' +
  'manuela marc marcel marcela marcelo marco margarita margaux mariana mariano marina mario ' +
  'marta mateo mathieu mathilde matteo maurice mauricio mihai miguel mireille mirela monique ' +
  'nadia nicolas nicolo noemie nuno octavio olivier pablo paola paolo pascal pedro philippe ' +
  'pierre pietro pilar quentin radu rafael ramon raquel raul renata renato ricardo roberto rocio ' +
  'rodrigo romain rosario salvador salvatore santiago sergio serge silvia simona simone sofia ' +
  'solange stefano stephane sylvie thiago thierry tiago tomas valentina valeria vicente vincenzo ' +
  'virginie xavi yannick yves ' +
  // Slavic, Greek, Hungarian, Baltic
  'agata agnieszka aleksander aleksandr alena alexei alina anastasia andrej andrzej andras anton ' +
  'artem barbora bartek bela bogdan boris branko bohdan dagmar daria dariusz dimitri dimitris ' +
  'dmitri dmitry dragan dusan ekaterina elzbieta ewa filip galina gabor georgi gergely goran ' +
  'grzegorz halina hana igor ilona ilya irina istvan ivana iwona jakub janos jaroslav jelena ' +
  'jerzy jiri joanna kasia katarzyna katerina kirill konstantin kostas krzysztof ksenia laszlo ' +
  'larisa lazlo lenka lubomir ludmila lyudmila magda malgorzata marek mariya marko martina ' +
  'mateusz maxim mikhail milan milena milos mira miroslav nadezhda natalia natalya nikita nikola ' +
  'nikolai nikos oksana oleg olena olga pavel pawel petr piotr roman ruslan sasha sergei sergey ' +
  'slavko stanislav svetlana tamas tatiana tatyana taras tomasz tomislav vadim valentin vasily ' +
  'viktor vladimir vlad wojciech yana yaroslav yelena yulia yuri zdenek zofia zoltan zsofia ' +
  // Turkish, Arabic, Persian, Hebrew
  'abdul abdullah adel ahmad ahmed aisha ali alia amal amina amir amira anwar arash ayse aylin ' +
  'aziz bashir bilal burak cem cyrus dalia dina ebru elif emre emir fadi faisal farah fareed ' +
  'farid fatima fatma ferhat ghada habib hadi hakan hala hamid hana hasan hassan hatice huda ' +
  'hussein ibrahim idris imran ismail jamal jamila kamal karim khadija khaled khalid khalil ' +
  'laila lamia layla leila mahmoud mahmut majid malik mariam maryam mehmet merve mina mohamed ' +
  'mohammad mohammed mona moshe murat mustafa nabil nadim nadine nasser nasrin nawal nour noura ' +
  'omar omer osama osman parisa rami rania rashid reza rima saad sadia said salah salim salma ' +
  'samir samira sami selin shirin soraya tamer tariq tarek uri yael yasmin yasmine yasser ' +
  'yitzhak youssef yusuf zahra zainab zaynab zeynep ziad avi ariel eitan noa tamar shlomo ' +
  // South Asian
  'aarav abhishek aditi aditya ajay akash amit amita anand ananya anil anjali ankit anu aparna ' +
  'arjun arun asha ashok ayesha deepa deepak deepika devi dinesh divya farhan gaurav geeta ' +
  'girish gopal harish indira ishaan jaya jyoti kabir kamala karan kavita kiran krishna lakshmi ' +
  'lata madhu mahesh manish manoj maya meena meera mohan mukesh nandini naveen neha nikhil nisha ' +
  'nitin pooja prakash pranav prasad priya rahul raj raja rajesh rajiv rakesh ramesh rani ravi ' +
  'rekha rohan rohit sachin sandeep sangeeta sanjay sanjana saurabh shanti shivani shreya shyam ' +
  'sita sneha sonia sudha suman sunil sunita suresh swati tanvi uma usha varun vijay vikas ' +
  'vikram vinod vishal ' +
  // East Asian, South-East Asian (Latin spelling)
  'akira akiko aiko ayumi daisuke emi fumiko haruka haruki haruto hideo hikaru hiro hiroshi ' +
  'hiroko ichiro jiro junko kaori kazuo keiko kenji kenta kumiko makoto mariko masashi mayumi ' +
  'megumi michiko naoki naoko natsuki noriko ren ryo sakura satoshi shigeru shinji shota sota ' +
  'takashi takeshi taro tomoko toshio yoko yoshi yoshiko yui yuki yukiko yumi yusuke yuto fang ' +
  'guang haoyu hui jian jie jing jinping juan jun lei ling ming mei meiling na ping qiang qing ' +
  'ting wei wen xia xiang xiaoming xin xiu yan yang yifan ying yong yun zhen zhi jisoo jiwoo ' +
  'jihoon hyejin hyun minho minji minjun seojun seoyeon soojin sungmin yuna anh duc hoa huong ' +
  'lan linh minh nga nguyen ngoc phuong quang thanh thao thu trang tuan aung thida somchai ' +
  'somsak siti budi dewi agus putri wayan ' +
  // African
  'abebe abena ade adebayo adwoa akinyi amara aminata ayodele babajide chidi chika chinedu ' +
  'chinwe chioma efua ekow emeka fatou folake ifeoma ikenna jabari kamau kofi kwabena kwame ' +
  'kwesi lerato lwazi makena mamadou moussa naledi nana ngozi njeri nkechi nomvula obinna ' +
  'oluwaseun ousmane sipho thabo thandi tendai themba tunde wambui wanjiku yaa yaw zanele zola';

const given: ReadonlySet<string> = new Set(names.split(' '));

/** Given names that are plain words too: at the start of a sentence they need another sign. */
const wordLike: ReadonlySet<string> = new Set(
  (
    'amber april art asha ben bill bob brook brooke dale dan dawn dean don drew earl ed faith ' +
    'frank gene grace grant hazel holly hope hui ivy jack jade jan jasmine jay joy june ken ' +
    'lance lee lily mark mason may max miles mike min na nana olive pat penny pete ping ray ren ' +
    'rich rob robin rose ruby said sandy sue summer taro thu ting todd tony violet wade will ' +
    'willow yang an la uri ron raja'
  ).split(' '),
);

export const isGivenName = (folded: string): boolean => given.has(folded);
export const isWordLikeName = (folded: string): boolean => wordLike.has(folded);
